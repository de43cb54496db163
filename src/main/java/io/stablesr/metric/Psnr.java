package io.stablesr.metric;

import io.stablesr.core.FloatTensor;

/**
 * Peak signal to noise ratio in decibels: {@code 10 log10(1 / (mse + 1e-8))} of values in 0..1 that
 * are not rounded. Equal pictures have 80.
 *
 * @param color what is compared
 * @param border pixels left out on each side
 */
public record Psnr(MetricColor color, int border) implements PairMetric {
  private static final double EPSILON = 1e-8;

  @Override
  public double score(FloatTensor picture, FloatTensor truth) {
    Pairs.requireSame(picture, truth);
    double[][] one = color.channels(Pairs.inside(picture, border));
    double[][] other = color.channels(Pairs.inside(truth, border));
    double sum = 0;
    for (int c = 0; c < one.length; c++) {
      for (int i = 0; i < one[c].length; i++) {
        double difference = one[c][i] - other[c][i];
        sum += difference * difference;
      }
    }
    return 10 * Math.log10(1 / (sum / (one.length * one[0].length) + EPSILON));
  }
}
