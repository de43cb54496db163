package io.stablesr.degrade;

/** A check that presets share. */
final class Probability {
  private Probability() {}

  static void require(String name, double value) {
    if (!(value >= 0 && value <= 1)) {
      throw new IllegalArgumentException("%s must lie in 0..1, got %s".formatted(name, value));
    }
  }
}
