package io.stablesr.metric;

/**
 * An asymmetric generalised Gaussian distribution fitted to values by their moments (Lasmar et al.
 * 2009): shape alpha, and a scale on each side of 0.
 */
record AsymmetricGaussian(double alpha, double left, double right) {
  private static final double LOWEST = 0.2;
  private static final double STEP = 0.001;
  private static final int COUNT = 9801;
  private static final double[] RATIOS = ratios();

  static AsymmetricGaussian fit(double[] values) {
    double negative = 0;
    double positive = 0;
    double magnitude = 0;
    int negatives = 0;
    int positives = 0;
    for (double value : values) {
      magnitude += Math.abs(value);
      if (value < 0) {
        negative += value * value;
        negatives++;
      } else if (value > 0) {
        positive += value * value;
        positives++;
      }
    }
    // NaN where a side is empty, as the mean of nothing is: such a block is left out later.
    double leftDeviation = Math.sqrt(negative / negatives);
    double rightDeviation = Math.sqrt(positive / positives);
    double ratio = leftDeviation / rightDeviation;
    double meanMagnitude = magnitude / values.length;
    double meanSquare = (negative + positive) / values.length;
    double wanted =
        meanMagnitude
            * meanMagnitude
            / meanSquare
            * (ratio * ratio * ratio + 1)
            * (ratio + 1)
            / ((ratio * ratio + 1) * (ratio * ratio + 1));
    double alpha = LOWEST + STEP * nearest(wanted);
    double factor = Math.sqrt(GammaFunction.of(1 / alpha) / GammaFunction.of(3 / alpha));
    return new AsymmetricGaussian(alpha, leftDeviation * factor, rightDeviation * factor);
  }

  /** The distribution's mean. */
  double mean() {
    return (right - left) * GammaFunction.of(2 / alpha) / GammaFunction.of(1 / alpha);
  }

  /** The ratios rise with alpha; 0 for NaN. */
  private static int nearest(double wanted) {
    int best = 0;
    double least = Double.POSITIVE_INFINITY;
    for (int i = 0; i < COUNT; i++) {
      double difference = (RATIOS[i] - wanted) * (RATIOS[i] - wanted);
      if (difference < least) {
        least = difference;
        best = i;
      }
    }
    return best;
  }

  private static double[] ratios() {
    double[] ratios = new double[COUNT];
    for (int i = 0; i < COUNT; i++) {
      double alpha = LOWEST + STEP * i;
      double second = GammaFunction.of(2 / alpha);
      ratios[i] = second * second / (GammaFunction.of(1 / alpha) * GammaFunction.of(3 / alpha));
    }
    return ratios;
  }
}
