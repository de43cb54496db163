package io.stablesr.metric;

import io.stablesr.core.FloatTensor;
import java.util.List;

/**
 * Where results of the same input with different seeds disagree most. What the input determines is
 * the same for every seed; what is made up is not. Of every block of 32x32 pixels (the last ones
 * flush with the end) the root of the mean variance of luma (full range, 0..1) over the seeds is
 * taken, with n-1 in the denominator; the largest counts.
 *
 * @param deviation of the block with the largest, 0..1; 0.1 is 25 of 255 levels
 * @param top first row of that block
 * @param left its first column
 */
public record SeedDisagreement(double deviation, int top, int left) {
  /** From here on a picture is marked, unless a caller says otherwise. */
  public static final double THRESHOLD = 0.1;

  private static final int BLOCK = 32;

  /**
   * Of two results or more.
   *
   * @param results {@code [3,H,W]} in 0..1 each, of one size
   */
  public static SeedDisagreement of(List<FloatTensor> results) {
    if (results.size() < 2) {
      throw new IllegalArgumentException(
          "Seeds can only disagree where there are two results or more, got " + results.size());
    }
    results.forEach(result -> Pairs.requireSame(result, results.get(0)));
    int height = results.get(0).dim(1);
    int width = results.get(0).dim(2);
    double[] variance = variance(results);
    int rows = Math.min(BLOCK, height);
    int columns = Math.min(BLOCK, width);
    SeedDisagreement most = new SeedDisagreement(-1, 0, 0);
    for (int y = 0; y < height; y += BLOCK) {
      for (int x = 0; x < width; x += BLOCK) {
        int top = Math.min(y, height - rows);
        int left = Math.min(x, width - columns);
        double sum = 0;
        for (int i = 0; i < rows * columns; i++) {
          sum += variance[(top + i / columns) * width + left + i % columns];
        }
        double deviation = Math.sqrt(sum / (rows * columns));
        if (deviation > most.deviation) {
          most = new SeedDisagreement(deviation, top, left);
        }
      }
    }
    return most;
  }

  private static double[] variance(List<FloatTensor> results) {
    List<double[]> lumas =
        results.stream().map(result -> MetricColor.YIQ_LUMA.channels(result)[0]).toList();
    int n = lumas.size();
    double[] variance = new double[lumas.get(0).length];
    for (int i = 0; i < variance.length; i++) {
      double mean = 0;
      for (double[] luma : lumas) {
        mean += luma[i] / n;
      }
      for (double[] luma : lumas) {
        variance[i] += (luma[i] - mean) * (luma[i] - mean) / (n - 1);
      }
    }
    return variance;
  }
}
