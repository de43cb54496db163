package io.stablesr.metric;

import io.stablesr.core.FloatTensor;
import io.stablesr.image.Borders;
import java.util.Arrays;

/**
 * The natural image quality evaluator (Mittal et al. 2013): how far the statistics of a picture's
 * blocks are from those of pristine pictures. No true picture is needed; lower is better.
 */
public final class Niqe implements PictureMetric {
  private final NiqeModel model;

  /** An evaluator with a model of pristine pictures. */
  public Niqe(NiqeModel model) {
    this.model = model;
  }

  /**
   * The score of a picture. Of its luma in full range, whole levels; rows and columns beyond the
   * last whole block of 96 pixels are not looked at. A picture of few blocks has a noisy score.
   *
   * @param picture {@code [3,H,W]} in 0..1, at least 192x96 or 96x192 pixels
   */
  @Override
  public double score(FloatTensor picture) {
    int height = picture.dim(1) / NiqeFeatures.BLOCK * NiqeFeatures.BLOCK;
    int width = picture.dim(2) / NiqeFeatures.BLOCK * NiqeFeatures.BLOCK;
    if (height * width < 2 * NiqeFeatures.BLOCK * NiqeFeatures.BLOCK) {
      throw new IllegalArgumentException(
          "NIQE needs at least two blocks of 96x96 pixels; the picture has %dx%d."
              .formatted(picture.dim(2), picture.dim(1)));
    }
    FloatTensor inside = Borders.crop(picture, 0, 0, height, width);
    return scoreOfLuma(MetricColor.YIQ_LUMA.levels(inside), height, width);
  }

  /** The score of luma {@code [H*W]} in whole levels; sides are multiples of 96. */
  public double scoreOfLuma(double[] luma, int height, int width) {
    return distance(NiqeFeatures.of(luma, height, width).features());
  }

  /**
   * The 36 statistics of every block of luma {@code [H*W]} in whole levels, {@code [blocks][36]},
   * row after row; sides are multiples of 96.
   */
  public static double[][] blocksOfLuma(double[] luma, int height, int width) {
    return NiqeFeatures.of(luma, height, width).features();
  }

  private double distance(double[][] blocks) {
    Moments moments = Moments.of(blocks);
    int n = NiqeFeatures.COUNT;
    double[] difference = model.mean();
    double[] pooled = model.covariance();
    for (int i = 0; i < n; i++) {
      difference[i] -= moments.mean()[i];
    }
    for (int i = 0; i < n * n; i++) {
      pooled[i] = (pooled[i] + moments.covariance()[i]) / 2;
    }
    return Math.sqrt(SymmetricEigen.of(pooled, n).inverseForm(difference));
  }

  /** Mean of the blocks, ignoring NaN, and covariance of those without NaN. */
  static final class Moments {
    private final double[] mean;
    private final double[] covariance;

    private Moments(double[] mean, double[] covariance) {
      this.mean = mean;
      this.covariance = covariance;
    }

    double[] mean() {
      return mean;
    }

    double[] covariance() {
      return covariance;
    }

    static Moments of(double[][] blocks) {
      int n = NiqeFeatures.COUNT;
      double[] mean = new double[n];
      for (int i = 0; i < n; i++) {
        int feature = i;
        mean[i] =
            Arrays.stream(blocks)
                .mapToDouble(block -> block[feature])
                .filter(value -> !Double.isNaN(value))
                .average()
                .orElse(Double.NaN);
      }
      double[][] whole =
          Arrays.stream(blocks)
              .filter(block -> Arrays.stream(block).noneMatch(Double::isNaN))
              .toArray(double[][]::new);
      return new Moments(mean, covariance(whole, n));
    }

    private static double[] covariance(double[][] blocks, int n) {
      double[] mean = new double[n];
      for (double[] block : blocks) {
        for (int i = 0; i < n; i++) {
          mean[i] += block[i] / blocks.length;
        }
      }
      double[] covariance = new double[n * n];
      for (double[] block : blocks) {
        for (int i = 0; i < n; i++) {
          for (int j = 0; j < n; j++) {
            covariance[i * n + j] +=
                (block[i] - mean[i]) * (block[j] - mean[j]) / (blocks.length - 1);
          }
        }
      }
      return covariance;
    }
  }
}
