package io.stablesr.metric;

import io.stablesr.core.FloatTensor;

/**
 * How far a picture's mean colour is from the true one's: the Euclidean distance of their means in
 * CIELAB under D65. Blind to where in the picture; sees what a colour correction should have kept.
 */
public final class LabShift implements PairMetric {
  private static final double[] WHITE = {0.95047, 1, 1.08883};
  private static final double[][] TO_XYZ = {
    {0.4124564, 0.3575761, 0.1804375},
    {0.2126729, 0.7151522, 0.0721750},
    {0.0193339, 0.1191920, 0.9503041}
  };
  private static final double KINK = Math.pow(6.0 / 29, 3);

  @Override
  public double score(FloatTensor picture, FloatTensor truth) {
    Pairs.requireSame(picture, truth);
    double[] one = mean(picture);
    double[] other = mean(truth);
    double sum = 0;
    for (int i = 0; i < 3; i++) {
      sum += (one[i] - other[i]) * (one[i] - other[i]);
    }
    return Math.sqrt(sum);
  }

  /** Mean L, a and b. */
  static double[] mean(FloatTensor picture) {
    int plane = picture.dim(1) * picture.dim(2);
    double[] mean = new double[3];
    for (int i = 0; i < plane; i++) {
      double red = linear(picture.data()[i]);
      double green = linear(picture.data()[plane + i]);
      double blue = linear(picture.data()[2 * plane + i]);
      double[] f = new double[3];
      for (int k = 0; k < 3; k++) {
        double[] row = TO_XYZ[k];
        f[k] = root((row[0] * red + row[1] * green + row[2] * blue) / WHITE[k]);
      }
      mean[0] += (116 * f[1] - 16) / plane;
      mean[1] += 500 * (f[0] - f[1]) / plane;
      mean[2] += 200 * (f[1] - f[2]) / plane;
    }
    return mean;
  }

  private static double linear(double value) {
    return value <= 0.04045 ? value / 12.92 : Math.pow((value + 0.055) / 1.055, 2.4);
  }

  private static double root(double value) {
    return value > KINK ? Math.cbrt(value) : value * 841 / 108 + 4.0 / 29;
  }
}
