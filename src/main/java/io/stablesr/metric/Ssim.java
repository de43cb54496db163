package io.stablesr.metric;

import io.stablesr.core.FloatTensor;

/**
 * Structural similarity (Wang et al. 2004) of values in 0..255 rounded to levels: a Gaussian window
 * of 11 pixels with sigma 1.5 that stays inside of the picture, contrast and structure clipped at
 * 0, no reduction before. 1 for equal pictures.
 *
 * @param color what is compared; of three channels the mean is taken
 * @param border pixels left out on each side
 */
public record Ssim(MetricColor color, int border) implements PairMetric {
  private static final int SIDE = 11;
  private static final double SIGMA = 1.5;
  private static final double C1 = 0.01 * 255 * 0.01 * 255;
  private static final double C2 = 0.03 * 255 * 0.03 * 255;

  @Override
  public double score(FloatTensor picture, FloatTensor truth) {
    Pairs.requireSame(picture, truth);
    FloatTensor inner = Pairs.inside(picture, border);
    int height = inner.dim(1);
    int width = inner.dim(2);
    if (height < SIDE || width < SIDE) {
      throw new IllegalArgumentException(
          "SSIM needs at least 11x11 pixels, got %dx%d".formatted(width, height));
    }
    double[][] one = color.channels(inner);
    double[][] other = color.channels(Pairs.inside(truth, border));
    double sum = 0;
    for (int c = 0; c < one.length; c++) {
      sum += mean(map(levels(one[c]), levels(other[c]), height, width));
    }
    return sum / one.length;
  }

  private static double[] levels(double[] values) {
    double[] levels = new double[values.length];
    for (int i = 0; i < levels.length; i++) {
      levels[i] = Math.rint(values[i] * 255);
    }
    return levels;
  }

  /** The similarity of every window, {@code [(H-10)*(W-10)]}. */
  static double[] map(double[] x, double[] y, int height, int width) {
    double[] line = GaussianLine.of(SIDE, SIGMA);
    double[] meanX = GaussianLine.valid(x, height, width, line);
    double[] meanY = GaussianLine.valid(y, height, width, line);
    double[] xx = GaussianLine.valid(product(x, x), height, width, line);
    double[] yy = GaussianLine.valid(product(y, y), height, width, line);
    double[] xy = GaussianLine.valid(product(x, y), height, width, line);
    double[] map = new double[meanX.length];
    for (int i = 0; i < map.length; i++) {
      double means = meanX[i] * meanY[i];
      double squares = meanX[i] * meanX[i] + meanY[i] * meanY[i];
      double structure = (2 * (xy[i] - means) + C2) / (xx[i] + yy[i] - squares + C2);
      map[i] = (2 * means + C1) / (squares + C1) * Math.max(structure, 0);
    }
    return map;
  }

  private static double[] product(double[] x, double[] y) {
    double[] product = new double[x.length];
    for (int i = 0; i < product.length; i++) {
      product[i] = x[i] * y[i];
    }
    return product;
  }

  private static double mean(double[] values) {
    double sum = 0;
    for (double value : values) {
      sum += value;
    }
    return sum / values.length;
  }
}
