package io.stablesr.metric;

/** Separable Gaussian windows. */
final class GaussianLine {
  private GaussianLine() {}

  /** A line of weights that sum to 1. */
  static double[] of(int side, double sigma) {
    double[] line = new double[side];
    double sum = 0;
    for (int i = 0; i < side; i++) {
      double offset = i - (side - 1) / 2.0;
      line[i] = Math.exp(-offset * offset / (2 * sigma * sigma));
      sum += line[i];
    }
    for (int i = 0; i < side; i++) {
      line[i] /= sum;
    }
    return line;
  }

  /** The weighted means of the windows that lie inside, {@code [(H-n+1)*(W-n+1)]}. */
  static double[] valid(double[] plane, int height, int width, double[] line) {
    int outWidth = width - line.length + 1;
    int outHeight = height - line.length + 1;
    double[] rows = new double[height * outWidth];
    for (int y = 0; y < height; y++) {
      for (int k = 0; k < line.length; k++) {
        double weight = line[k];
        int from = y * width + k;
        int to = y * outWidth;
        for (int x = 0; x < outWidth; x++) {
          rows[to + x] += plane[from + x] * weight;
        }
      }
    }
    double[] out = new double[outHeight * outWidth];
    for (int y = 0; y < outHeight; y++) {
      for (int k = 0; k < line.length; k++) {
        double weight = line[k];
        int from = (y + k) * outWidth;
        int to = y * outWidth;
        for (int x = 0; x < outWidth; x++) {
          out[to + x] += rows[from + x] * weight;
        }
      }
    }
    return out;
  }

  /** The weighted means of all windows; the edge pixels are repeated. Of the same size. */
  static double[] replicated(double[] plane, int height, int width, double[] line) {
    int reach = line.length / 2;
    int paddedWidth = width + 2 * reach;
    double[] padded = new double[(height + 2 * reach) * paddedWidth];
    for (int y = 0; y < height + 2 * reach; y++) {
      int row = Math.min(Math.max(y - reach, 0), height - 1) * width;
      for (int x = 0; x < paddedWidth; x++) {
        padded[y * paddedWidth + x] = plane[row + Math.min(Math.max(x - reach, 0), width - 1)];
      }
    }
    return valid(padded, height + 2 * reach, paddedWidth, line);
  }
}
