package io.stablesr.metric;

import io.stablesr.core.ErrorCode;
import io.stablesr.core.StableSrException;
import io.stablesr.diffusion.TileGrid;
import java.util.stream.IntStream;

/**
 * Where tiles begin and end inside of a result.
 *
 * @param tilePixels side of a tile
 * @param overlapPixels overlap of neighbours
 */
public record TileBorders(int tilePixels, int overlapPixels) {
  /** Tiles of 64 latents that overlap by 32, 8 pixels each. */
  public static final TileBorders STANDARD = new TileBorders(512, 256);

  /** Checks the ranges. */
  public TileBorders {
    if (tilePixels < 1 || overlapPixels < 0 || overlapPixels >= tilePixels) {
      throw new StableSrException(
          ErrorCode.CONFIG,
          "Tiles of %d pixels that overlap by %d; the side must be 1 or more and the overlap from 0 to below it."
              .formatted(tilePixels, overlapPixels));
    }
  }

  /**
   * The first pixel behind each border along a side, in rising order; the picture's own ends are
   * none.
   *
   * @param pixels length of the side
   */
  public int[] along(int pixels) {
    return new TileGrid(1, pixels, tilePixels, overlapPixels)
        .tiles().stream()
            .flatMapToInt(tile -> IntStream.of(tile.x(), tile.x() + tile.width()))
            .filter(at -> at > 0 && at < pixels)
            .sorted()
            .distinct()
            .toArray();
  }
}
