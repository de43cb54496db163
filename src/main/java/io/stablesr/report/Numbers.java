package io.stablesr.report;

import io.stablesr.metric.PairedDifference;
import java.util.Arrays;
import java.util.Locale;

/** Figures of lists of numbers, and numbers as text. */
final class Numbers {
  /** Above this a bootstrap takes long and gives what the normal distribution gives. */
  private static final int MOST_RESAMPLED = 5_000;

  private Numbers() {}

  /**
   * A mean.
   *
   * @param mean of the values
   * @param low end of the interval that holds it with 95 %
   * @param high its other end
   * @param count values
   */
  record Mean(double mean, double low, double high, int count) {}

  /** The mean of at least one value. */
  static Mean mean(double[] values) {
    if (values.length <= MOST_RESAMPLED) {
      PairedDifference mean = PairedDifference.fromZero(values);
      return new Mean(mean.mean(), mean.low(), mean.high(), mean.count());
    }
    double mean = Arrays.stream(values).average().orElseThrow();
    double squares = Arrays.stream(values).map(value -> (value - mean) * (value - mean)).sum();
    double half = 1.96 * Math.sqrt(squares / (values.length - 1) / values.length);
    return new Mean(mean, mean - half, mean + half, values.length);
  }

  /** The value below which this share of the values lies; at least one value. */
  static double quantile(double[] values, double share) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    double place = share * (sorted.length - 1);
    int below = (int) place;
    int above = Math.min(below + 1, sorted.length - 1);
    return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
  }

  /** Three or four digits that matter. */
  static String brief(double value) {
    double size = Math.abs(value);
    if (size != 0 && (size >= 1e6 || size < 1e-3)) {
      return String.format(Locale.ROOT, "%.2e", value);
    }
    int digits = size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3;
    return String.format(Locale.ROOT, "%." + digits + "f", value);
  }

  /** A time. */
  static String duration(double seconds) {
    if (seconds < 60) {
      return brief(seconds) + " s";
    }
    long whole = Math.round(seconds);
    return whole < 3600
        ? "%d min %02d s".formatted(whole / 60, whole % 60)
        : "%d h %02d min".formatted(whole / 3600, whole % 3600 / 60);
  }

  /** The step of an axis that has about this many marks. */
  static double step(double range, int marks) {
    double raw = range / marks;
    double power = Math.pow(10, Math.floor(Math.log10(raw)));
    double leading = raw / power;
    return power * (leading <= 1 ? 1 : leading <= 2 ? 2 : leading <= 5 ? 5 : 10);
  }

  /** A mark of an axis with this step. */
  static String mark(double value, double step) {
    int digits = (int) Math.max(0, Math.min(6, Math.ceil(-Math.log10(step) - 1e-9)));
    return String.format(Locale.ROOT, "%." + digits + "f", value);
  }
}
