package io.stablesr.metric;

import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * The mean difference of two methods on the same pictures, with the percentile interval of a
 * bootstrap over the pictures (Efron 1979).
 *
 * @param mean of the differences
 * @param low end of the interval that holds the mean with 95 %
 * @param high its other end
 * @param count pictures
 */
public record PairedDifference(double mean, double low, double high, int count) {
  private static final int RESAMPLES = 10_000;
  private static final long SEED = 42;

  /**
   * The difference {@code scores - baseline}; the same numbers give the same interval.
   *
   * @param scores one per picture
   * @param baseline of the same pictures, in the same order
   */
  public static PairedDifference of(double[] scores, double[] baseline) {
    if (scores.length != baseline.length || scores.length == 0) {
      throw new IllegalArgumentException(
          "Expected as many scores as in the baseline and at least one, got %d and %d"
              .formatted(scores.length, baseline.length));
    }
    int n = scores.length;
    double[] differences = new double[n];
    Arrays.setAll(differences, i -> scores[i] - baseline[i]);
    SplittableRandom random = new SplittableRandom(SEED);
    double[] means = new double[RESAMPLES];
    for (int r = 0; r < RESAMPLES; r++) {
      double sum = 0;
      for (int i = 0; i < n; i++) {
        sum += differences[random.nextInt(n)];
      }
      means[r] = sum / n;
    }
    Arrays.sort(means);
    return new PairedDifference(
        Arrays.stream(differences).average().orElseThrow(),
        means[(int) (0.025 * RESAMPLES)],
        means[(int) (0.975 * RESAMPLES) - 1],
        n);
  }

  /** The mean of the values themselves with its interval. */
  public static PairedDifference fromZero(double[] values) {
    return of(values, new double[values.length]);
  }

  /** Whether the interval leaves 0 out. */
  public boolean isClear() {
    return low > 0 || high < 0;
  }
}
