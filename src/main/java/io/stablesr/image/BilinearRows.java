package io.stablesr.image;

import io.stablesr.core.FloatTensor;
import java.util.Arrays;

/**
 * The rows of {@link TorchResize#bilinear} one at a time, with the same values, so that an enlarged
 * plane need not be in memory. Rows are asked for from top to bottom.
 */
final class BilinearRows {
  private final FloatTensor plane;
  private final InterpolationTable vertical;
  private final InterpolationTable horizontal;
  private final float[][] filteredRows;
  private final int[] cached;

  /** {@code plane} is {@code [1,h,w]}. */
  BilinearRows(FloatTensor plane, int outHeight, int outWidth) {
    Shapes.requireChannels(plane, 1);
    Shapes.requireSize(outHeight, outWidth);
    this.plane = plane;
    this.vertical = InterpolationTable.linear(plane.dim(1), outHeight);
    this.horizontal = InterpolationTable.linear(plane.dim(2), outWidth);
    this.filteredRows = new float[vertical.taps()][outWidth];
    this.cached = new int[vertical.taps()];
    Arrays.fill(cached, -1);
  }

  /** Fills {@code out} with row {@code y} of the result. */
  void read(int y, float[] out) {
    int taps = vertical.taps();
    Arrays.fill(out, 0f);
    for (int k = 0; k < taps; k++) {
      int row = vertical.positions()[y * taps + k];
      float[] filtered = filteredRows[row % taps];
      if (cached[row % taps] != row) {
        TorchResize.filterRow(plane.data(), row * plane.dim(2), horizontal, filtered);
        cached[row % taps] = row;
      }
      TorchResize.accumulate(filtered, vertical.weights()[y * taps + k], out, 0);
    }
  }
}
