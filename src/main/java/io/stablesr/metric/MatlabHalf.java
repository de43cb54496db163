package io.stablesr.metric;

/**
 * Reduction to half the size as MATLAB's {@code imresize} does it: cubic convolution with a = -0.5,
 * stretched by two against aliasing, weights that sum to 1, the picture mirrored with its edge
 * pixels.
 */
final class MatlabHalf {
  private static final double SCALE = 0.5;
  private static final int TAPS = 10;

  private MatlabHalf() {}

  /** A plane {@code [H*W]} as {@code [ceil(H/2)*ceil(W/2)]}. */
  static double[] resize(double[] plane, int height, int width) {
    int outHeight = (height + 1) / 2;
    int outWidth = (width + 1) / 2;
    double[] rows = new double[outHeight * width];
    for (int y = 0; y < outHeight; y++) {
      double[] weights = weights(y);
      for (int k = 0; k < TAPS; k++) {
        int from = mirrored(first(y) + k, height) * width;
        for (int x = 0; x < width; x++) {
          rows[y * width + x] += plane[from + x] * weights[k];
        }
      }
    }
    double[] out = new double[outHeight * outWidth];
    for (int x = 0; x < outWidth; x++) {
      double[] weights = weights(x);
      for (int k = 0; k < TAPS; k++) {
        int column = mirrored(first(x) + k, width);
        for (int y = 0; y < outHeight; y++) {
          out[y * outWidth + x] += rows[y * width + column] * weights[k];
        }
      }
    }
    return out;
  }

  /** The position of an output pixel in the input, both counted from 0. */
  private static double position(int out) {
    return (out + 0.5) / SCALE - 0.5;
  }

  private static int first(int out) {
    return (int) Math.floor(position(out) - 4);
  }

  private static double[] weights(int out) {
    double[] weights = new double[TAPS];
    double sum = 0;
    for (int k = 0; k < TAPS; k++) {
      weights[k] = cubic((position(out) - first(out) - k) * SCALE);
      sum += weights[k];
    }
    for (int k = 0; k < TAPS; k++) {
      weights[k] /= sum;
    }
    return weights;
  }

  private static double cubic(double x) {
    double distance = Math.abs(x);
    if (distance <= 1) {
      return (1.5 * distance - 2.5) * distance * distance + 1;
    }
    return distance <= 2 ? ((-0.5 * distance + 2.5) * distance - 4) * distance + 2 : 0;
  }

  private static int mirrored(int position, int size) {
    int folded = Math.floorMod(position, 2 * size);
    return folded < size ? folded : 2 * size - 1 - folded;
  }
}
