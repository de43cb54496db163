package io.stablesr.degrade;

import io.stablesr.core.FloatTensor;

/** Rounds the cosine coefficients of 8x8 blocks to multiples of a table, in place. */
final class BlockQuantizer {
  private static final int SIDE = 8;

  /** {@code BASIS[u][x]}: the orthonormal cosine transform of eight samples. */
  private static final double[][] BASIS = basis();

  private final double[] steps;

  BlockQuantizer(int[] table, double factor) {
    this.steps = new double[table.length];
    for (int i = 0; i < table.length; i++) {
      steps[i] = table[i] * factor;
    }
  }

  /** Writes into {@code plane}, {@code [1,H,W]} of levels with sides that are multiples of 8. */
  void apply(FloatTensor plane) {
    double[] block = new double[SIDE * SIDE];
    double[] scratch = new double[SIDE * SIDE];
    for (int top = 0; top < plane.dim(1); top += SIDE) {
      for (int left = 0; left < plane.dim(2); left += SIDE) {
        int corner = top * plane.dim(2) + left;
        for (int i = 0; i < block.length; i++) {
          block[i] = plane.data()[corner + i / SIDE * plane.dim(2) + i % SIDE] - 128.0;
        }
        quantize(block, scratch);
        for (int i = 0; i < block.length; i++) {
          plane.data()[corner + i / SIDE * plane.dim(2) + i % SIDE] = (float) (block[i] + 128.0);
        }
      }
    }
  }

  private void quantize(double[] block, double[] scratch) {
    forward(block, scratch);
    forward(scratch, block);
    for (int i = 0; i < block.length; i++) {
      block[i] = Math.rint(block[i] / steps[i]) * steps[i];
    }
    backward(block, scratch);
    backward(scratch, block);
  }

  /** Transforms the rows and transposes, so that twice is the transform of the block. */
  private static void forward(double[] in, double[] out) {
    for (int row = 0; row < SIDE; row++) {
      for (int u = 0; u < SIDE; u++) {
        double sum = 0;
        for (int x = 0; x < SIDE; x++) {
          sum += BASIS[u][x] * in[row * SIDE + x];
        }
        out[u * SIDE + row] = sum;
      }
    }
  }

  private static void backward(double[] in, double[] out) {
    for (int row = 0; row < SIDE; row++) {
      for (int x = 0; x < SIDE; x++) {
        double sum = 0;
        for (int u = 0; u < SIDE; u++) {
          sum += BASIS[u][x] * in[row * SIDE + u];
        }
        out[x * SIDE + row] = sum;
      }
    }
  }

  private static double[][] basis() {
    double[][] basis = new double[SIDE][SIDE];
    for (int u = 0; u < SIDE; u++) {
      double norm = u == 0 ? Math.sqrt(1.0 / SIDE) : Math.sqrt(2.0 / SIDE);
      for (int x = 0; x < SIDE; x++) {
        basis[u][x] = norm * StrictMath.cos((2 * x + 1) * u * Math.PI / (2 * SIDE));
      }
    }
    return basis;
  }
}
