package io.stablesr.metric;

import io.stablesr.core.ErrorCode;
import io.stablesr.core.FloatTensor;
import io.stablesr.core.StableSrException;

/**
 * The Fréchet distance of two sets of features taken as normal distributions (Heusel et al. 2017):
 * {@code |m1-m2|^2 + tr C1 + tr C2 - 2 tr sqrt(C1 C2)}.
 *
 * <p>With the centred features {@code X1, X2} of {@code n1, n2} pictures, the last trace is the sum
 * of the singular values of {@code X1 X2^T / sqrt((n1-1)(n2-1))}. That is exact for any number of
 * features, also where covariances have no full rank, and needs no root of a 2048x2048 matrix.
 */
public final class FrechetDistance {
  private FrechetDistance() {}

  /**
   * The distance.
   *
   * @param one {@code [n1,d]}
   * @param other {@code [n2,d]}
   * @throws StableSrException IMAGE_TOO_SMALL with fewer than two rows
   */
  public static double of(FloatTensor one, FloatTensor other) {
    require(one);
    require(other);
    int features = one.dim(1);
    double[] meanOne = mean(one);
    double[] meanOther = mean(other);
    double distance = 0;
    for (int j = 0; j < features; j++) {
      distance += (meanOne[j] - meanOther[j]) * (meanOne[j] - meanOther[j]);
    }
    double[] x = centred(one, meanOne);
    double[] y = centred(other, meanOther);
    double products = nuclearNorm(x, one.dim(0), y, other.dim(0), features);
    double scale = Math.sqrt((one.dim(0) - 1.0) * (other.dim(0) - 1.0));
    return distance
        + squares(x) / (one.dim(0) - 1)
        + squares(y) / (other.dim(0) - 1)
        - 2 * products / scale;
  }

  private static void require(FloatTensor features) {
    if (features.dim(0) < 2) {
      throw new StableSrException(
          ErrorCode.IMAGE_TOO_SMALL,
          "A Fréchet distance needs at least 2 pictures on each side; there is %d."
              .formatted(features.dim(0)));
    }
  }

  private static double[] mean(FloatTensor features) {
    int width = features.dim(1);
    double[] mean = new double[width];
    for (int i = 0; i < features.size(); i++) {
      mean[i % width] += features.data()[i];
    }
    for (int j = 0; j < width; j++) {
      mean[j] /= features.dim(0);
    }
    return mean;
  }

  private static double[] centred(FloatTensor features, double[] mean) {
    double[] centred = new double[features.size()];
    for (int i = 0; i < centred.length; i++) {
      centred[i] = features.data()[i] - mean[i % mean.length];
    }
    return centred;
  }

  private static double squares(double[] values) {
    double sum = 0;
    for (double value : values) {
      sum += value * value;
    }
    return sum;
  }

  /** The sum of the singular values of {@code x y^T}. */
  private static double nuclearNorm(double[] x, int rows, double[] y, int columns, int width) {
    double[] product = new double[rows * columns];
    for (int i = 0; i < rows; i++) {
      for (int k = 0; k < columns; k++) {
        double sum = 0;
        for (int j = 0; j < width; j++) {
          sum += x[i * width + j] * y[k * width + j];
        }
        product[i * columns + k] = sum;
      }
    }
    return SingularValues.sum(product, rows, columns);
  }
}
