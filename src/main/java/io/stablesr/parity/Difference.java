package io.stablesr.parity;

import java.util.function.IntToDoubleFunction;

/**
 * How far values are from the recorded ones.
 *
 * @param maxAbs largest absolute difference
 * @param relativeL2 {@code |actual - expected| / |expected|} in the Euclidean norm; infinite where
 *     all expected values are 0 and the actual ones are not
 * @param maxUlps largest difference in units in the last place of fp32
 * @param peak largest absolute expected value
 * @param equalShare share of values that are equal
 */
record Difference(
    double maxAbs, double relativeL2, double maxUlps, double peak, double equalShare) {

  static Difference of(int size, IntToDoubleFunction actual, IntToDoubleFunction expected) {
    double maxAbs = 0;
    double maxUlps = 0;
    double peak = 0;
    double squares = 0;
    double norm = 0;
    int equal = 0;
    for (int i = 0; i < size; i++) {
      double wanted = expected.applyAsDouble(i);
      double got = actual.applyAsDouble(i);
      double error = Math.abs(got - wanted);
      // Math.max hands NaN on, so a single NaN makes every measure NaN and fails every tolerance.
      maxAbs = Math.max(maxAbs, error);
      maxUlps = Math.max(maxUlps, error / Math.ulp((float) wanted));
      peak = Math.max(peak, Math.abs(wanted));
      squares += error * error;
      norm += wanted * wanted;
      equal += error == 0 ? 1 : 0;
    }
    double relative = squares == 0 ? 0 : Math.sqrt(squares / norm);
    return new Difference(maxAbs, relative, maxUlps, peak, size == 0 ? 1 : equal / (double) size);
  }
}
