package io.stablesr.diffusion;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/**
 * The pixel tiles around the whole pipeline of the published canvas_tile scripts
 * (docs/mathematics.md 4.3). Each is processed alone; the results are blended by {@link
 * TileAggregation} with {@link GaussianWeights}. Only for reproducing those scripts: otherwise the
 * canvas is sampled whole.
 */
public final class PixelTiles {
  private PixelTiles() {}

  /** Ascending tile starts along an axis; an axis up to {@code size} long has the one start 0. */
  public static int[] starts(int length, int size, int stride) {
    if (length < 1 || size < 1 || stride < 1) {
      throw new IllegalArgumentException(
          "Axis of %d, tiles of %d, stride %d".formatted(length, size, stride));
    }
    TreeSet<Integer> starts = new TreeSet<>();
    for (int start = 0; start < length; start += stride) {
      starts.add(Math.max(0, Math.min(start, length - size)));
    }
    return starts.stream().mapToInt(Integer::intValue).toArray();
  }

  /** All tiles in the published order: column by column, downwards in each. */
  public static List<Window> of(int height, int width, int size, int stride) {
    List<Window> tiles = new ArrayList<>();
    for (int x : starts(width, size, stride)) {
      for (int y : starts(height, size, stride)) {
        tiles.add(new Window(y, x, Math.min(size, height), Math.min(size, width)));
      }
    }
    return List.copyOf(tiles);
  }
}
