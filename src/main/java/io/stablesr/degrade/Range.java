package io.stablesr.degrade;

/** Numbers from {@code low} to {@code high}, both finite. */
public record Range(double low, double high) {
  /** Checks the order. */
  public Range {
    if (!(low <= high) || !Double.isFinite(low) || !Double.isFinite(high)) {
      throw new IllegalArgumentException(
          "A range goes from a smaller to a larger number, got %s to %s".formatted(low, high));
    }
  }

  /** The point that divides the range as {@code unit} divides 0..1. */
  double at(double unit) {
    return low + (high - low) * unit;
  }

  /** Refuses a range that reaches outside of {@code least..most}. */
  void requireWithin(String what, double least, double most) {
    if (low < least || high > most) {
      throw new IllegalArgumentException(
          "%s must lie in %s..%s, got %s..%s".formatted(what, least, most, low, high));
    }
  }
}
