package io.stablesr.parity;

import java.util.Locale;
import java.util.function.Predicate;

/**
 * What difference passes. Every comparison with a limit is written so that NaN fails it.
 *
 * @param text as it stands in the table
 * @param accepts the rule
 */
record Tolerance(String text, Predicate<Difference> accepts) {
  /** A single value may be off by this many times the relative limit, measured by the peak. */
  private static final double SINGLE_VALUE = 5;

  /** All values equal. */
  static final Tolerance EXACT = new Tolerance("exact", d -> d.maxAbs() == 0);

  /** 8-bit pictures: at least 99.9% of the bytes equal, none off by more than 1. */
  static final Tolerance PICTURE =
      new Tolerance("99.9% =, max 1", d -> d.maxAbs() <= 1 && d.equalShare() >= 0.999);

  /** At most {@code count} units in the last place of fp32. */
  static Tolerance ulps(int count) {
    return new Tolerance(count + " ulp", d -> d.maxUlps() <= count);
  }

  /** Relative L2 error up to {@code limit}, no value off by more than 5 * limit * peak. */
  static Tolerance relative(double limit) {
    return new Tolerance(
        String.format(Locale.ROOT, "%.1e", limit),
        d -> d.relativeL2() <= limit && d.maxAbs() <= SINGLE_VALUE * limit * d.peak());
  }

  /** Every value off by at most {@code limit}. */
  static Tolerance absolute(double limit) {
    return new Tolerance(String.format(Locale.ROOT, "abs %.1e", limit), d -> d.maxAbs() <= limit);
  }

  /** {@link #relative}, or every value off by at most {@code absolute}. */
  static Tolerance relativeOrBelow(double limit, double absolute) {
    return new Tolerance(
        String.format(Locale.ROOT, "%.1e, %.0e", limit, absolute),
        d -> relative(limit).accepts().test(d) || d.maxAbs() <= absolute);
  }

  /** Relative L2 error up to {@code limit}; single values are not looked at. */
  static Tolerance relativeNorm(double limit) {
    return new Tolerance(String.format(Locale.ROOT, "%.1e", limit), d -> d.relativeL2() <= limit);
  }
}
