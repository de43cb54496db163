package io.stablesr.bench;

import java.io.PrintStream;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * How good a choice between two results of every picture is that goes by the severity of the input,
 * against an oracle that sees the scores.
 *
 * @param severities of the inputs
 * @param left scores where the input was left as it is, smaller is better
 * @param cleaned scores where it was cleaned
 */
@SuppressWarnings("ArrayRecordComponent")
record SeverityChoice(double[] severities, double[] left, double[] cleaned) {
  private static final List<Double> LIMITS =
      List.of(0.4, 0.6, 0.8, 1.0, 1.2, 1.5, 2.0, 2.5, 3.0, 4.0);

  /** Prints what the limits of severity would have given. */
  void print(String metric, PrintStream out) {
    int n = severities.length;
    double[] best = new double[n];
    int gains = 0;
    for (int i = 0; i < n; i++) {
      best[i] = Math.min(left[i], cleaned[i]);
      gains += cleaned[i] < left[i] ? 1 : 0;
    }
    out.printf(
        Locale.ROOT,
        "%s: never %.4f, always %.4f, oracle %.4f (cleans %d of %d)%n",
        metric,
        mean(left),
        mean(cleaned),
        mean(best),
        gains,
        n);
    for (double limit : LIMITS) {
      double[] chosen = new double[n];
      int cleans = 0;
      int right = 0;
      for (int i = 0; i < n; i++) {
        boolean clean = severities[i] >= limit;
        chosen[i] = clean ? cleaned[i] : left[i];
        cleans += clean ? 1 : 0;
        right += clean == cleaned[i] < left[i] ? 1 : 0;
      }
      out.printf(
          Locale.ROOT,
          "  severity from %.1f: %.4f, cleans %d, right %d of %d%n",
          limit,
          mean(chosen),
          cleans,
          right,
          n);
    }
  }

  private static double mean(double[] values) {
    return Arrays.stream(values).average().orElse(Double.NaN);
  }
}
