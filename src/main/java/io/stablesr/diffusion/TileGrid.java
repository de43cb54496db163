package io.stablesr.diffusion;

import io.stablesr.core.ErrorCode;
import io.stablesr.core.StableSrException;
import java.util.ArrayList;
import java.util.List;

/**
 * The overlapping tiles of a latent canvas (docs/mathematics.md 4.1). Along an axis there are as
 * few as cover it with stride {@code tile - overlap}; the last is flush with the end. An axis
 * shorter than the tile has one tile of its own length.
 *
 * @param height canvas height
 * @param width canvas width
 * @param tile side of a tile
 * @param overlap overlap of neighbours, below {@code tile}
 */
public record TileGrid(int height, int width, int tile, int overlap) {
  /** Checks that the grid advances. */
  public TileGrid {
    if (height < 1 || width < 1 || tile < 1) {
      throw new IllegalArgumentException(
          "Canvas %d x %d with tiles of %d".formatted(height, width, tile));
    }
    if (overlap < 0 || overlap >= tile) {
      throw new StableSrException(
          ErrorCode.CONFIG,
          "sampling.overlap-latents is %d; with tiles of %d latents it must be in 0..%d."
              .formatted(overlap, tile, tile - 1));
    }
  }

  /** Height of every tile. */
  public int tileHeight() {
    return Math.min(tile, height);
  }

  /** Width of every tile. */
  public int tileWidth() {
    return Math.min(tile, width);
  }

  /** All tiles in the published order: column by column, downwards in each. */
  public List<Window> tiles() {
    List<Window> tiles = new ArrayList<>();
    for (int x : starts(width, tileWidth())) {
      for (int y : starts(height, tileHeight())) {
        tiles.add(new Window(y, x, tileHeight(), tileWidth()));
      }
    }
    return List.copyOf(tiles);
  }

  /** The number of tiles. */
  public long count() {
    return (long) count(height, tileHeight()) * count(width, tileWidth());
  }

  private int count(int size, int length) {
    int stride = tile - overlap;
    return 1 + Math.max(0, (size - length + stride - 1) / stride);
  }

  private int[] starts(int size, int length) {
    int stride = tile - overlap;
    int count = count(size, length);
    int[] starts = new int[count];
    for (int k = 0; k < count; k++) {
      starts[k] = Math.min(k * stride, size - length);
    }
    return starts;
  }
}
