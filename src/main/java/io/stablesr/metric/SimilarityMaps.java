package io.stablesr.metric;

/**
 * The two maps of structural similarity (Wang et al. 2004, equations 6, 12 and 13) of two planes in
 * 0..255: a Gaussian window of 11 pixels with sigma 1.5 that stays inside, contrast and structure
 * clipped at 0.
 */
final class SimilarityMaps {
  /** Pixels of a window in each direction. */
  static final int SIDE = 11;

  private static final double SIGMA = 1.5;
  private static final double C1 = 0.01 * 255 * 0.01 * 255;
  private static final double C2 = 0.03 * 255 * 0.03 * 255;

  private final double[] similarity;
  private final double[] structure;

  private SimilarityMaps(double[] similarity, double[] structure) {
    this.similarity = similarity;
    this.structure = structure;
  }

  /** Of planes {@code [H*W]}, at least 11x11. */
  static SimilarityMaps of(double[] x, double[] y, int height, int width) {
    double[] line = GaussianLine.of(SIDE, SIGMA);
    double[] meanX = GaussianLine.valid(x, height, width, line);
    double[] meanY = GaussianLine.valid(y, height, width, line);
    double[] xx = GaussianLine.valid(product(x, x), height, width, line);
    double[] yy = GaussianLine.valid(product(y, y), height, width, line);
    double[] xy = GaussianLine.valid(product(x, y), height, width, line);
    double[] similarity = new double[meanX.length];
    double[] structure = new double[meanX.length];
    for (int i = 0; i < similarity.length; i++) {
      double means = meanX[i] * meanY[i];
      double squares = meanX[i] * meanX[i] + meanY[i] * meanY[i];
      structure[i] = Math.max((2 * (xy[i] - means) + C2) / (xx[i] + yy[i] - squares + C2), 0);
      similarity[i] = (2 * means + C1) / (squares + C1) * structure[i];
    }
    return new SimilarityMaps(similarity, structure);
  }

  /** Luminance, contrast and structure together, {@code [(H-10)*(W-10)]}. */
  double[] similarity() {
    return similarity;
  }

  /** Contrast and structure alone, {@code [(H-10)*(W-10)]}. */
  double[] structure() {
    return structure;
  }

  /** Channels in 0..1 as whole levels in 0..255. */
  static double[][] levels(double[][] channels) {
    double[][] levels = new double[channels.length][];
    for (int c = 0; c < levels.length; c++) {
      levels[c] = new double[channels[c].length];
      for (int i = 0; i < levels[c].length; i++) {
        levels[c][i] = Math.rint(channels[c][i] * 255);
      }
    }
    return levels;
  }

  static double mean(double[] values) {
    double sum = 0;
    for (double value : values) {
      sum += value;
    }
    return sum / values.length;
  }

  private static double[] product(double[] x, double[] y) {
    double[] product = new double[x.length];
    for (int i = 0; i < product.length; i++) {
      product[i] = x[i] * y[i];
    }
    return product;
  }
}
