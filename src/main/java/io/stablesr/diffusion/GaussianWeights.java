package io.stablesr.diffusion;

/**
 * The weight of every place of a tile: a product of two Gaussians of variance 0.01 over an axis
 * scaled to length 1 (docs/mathematics.md 4.2). All weights are above 0.
 */
public final class GaussianWeights {
  private static final double VARIANCE = 0.01;

  private GaussianWeights() {}

  /** Weights {@code [height,width]}, row-major. */
  public static double[] of(int height, int width, GaussianCentre centre) {
    double rowPeak =
        switch (centre) {
          case SYMMETRIC -> (height - 1) / 2.0;
          case PUBLISHED -> height / 2.0;
        };
    double[] rows = axis(height, rowPeak);
    double[] columns = axis(width, (width - 1) / 2.0);
    double[] weights = new double[Math.multiplyExact(height, width)];
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        weights[y * width + x] = rows[y] * columns[x];
      }
    }
    return weights;
  }

  private static double[] axis(int length, double peak) {
    double[] weights = new double[length];
    double squaredLength = (double) length * length;
    for (int i = 0; i < length; i++) {
      double distance = i - peak;
      weights[i] =
          StrictMath.exp(-distance * distance / squaredLength / (2 * VARIANCE))
              / Math.sqrt(2 * Math.PI * VARIANCE);
    }
    return weights;
  }
}
