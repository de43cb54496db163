package io.stablesr.bench;

import java.util.Locale;
import java.util.Optional;

/**
 * A ratio of the quick benchmark and what it has to reach (docs/performance.md).
 *
 * @param name short, for the last line
 * @param meaning what is compared with what
 * @param bound the run fails below this
 * @param wanted what would be good
 * @param measured the ratio; empty where it does not apply to this processor
 */
record QuickBound(
    String name, String meaning, double bound, double wanted, Optional<Double> measured) {
  boolean missed() {
    return measured.isPresent() && measured.get() < bound;
  }

  /** A line of the table. */
  String line() {
    return String.format(
        Locale.ROOT,
        "%-15s %-62s %6s %6.2f %6.2f  %s",
        name,
        meaning,
        ratio(),
        bound,
        wanted,
        verdict());
  }

  /** The ratio for the last line. */
  String ratio() {
    return measured.map(ratio -> String.format(Locale.ROOT, "%.2f", ratio)).orElse("n/a");
  }

  private String verdict() {
    if (measured.isEmpty()) {
      return "not applicable: no bf16 instructions";
    }
    if (missed()) {
      return "MISSED";
    }
    return measured.get() < wanted ? "held, below wanted" : "held";
  }
}
