package io.stablesr.sweep;

import java.util.SplittableRandom;

/**
 * The permutation test of paired differences (Fisher 1935): if neither method were better, each
 * difference could as well have the other sign. Exact for few pictures, else by random flips.
 */
final class SignFlipTest {
  private static final int EXACT_UP_TO = 16;
  private static final int FLIPS = 20_000;
  private static final long SEED = 42;

  private SignFlipTest() {}

  /** The two-sided p value; the same numbers give the same value. */
  static double pValue(double[] differences) {
    double observed = 0;
    double scale = 0;
    for (double difference : differences) {
      observed += difference;
      scale += Math.abs(difference);
    }
    // Sums of the same numbers in another order differ by rounding.
    double limit = Math.abs(observed) - 1e-12 * scale;
    return differences.length <= EXACT_UP_TO
        ? exact(differences, limit)
        : sampled(differences, limit);
  }

  private static double exact(double[] differences, double limit) {
    int all = 1 << differences.length;
    int extreme = 0;
    for (int signs = 0; signs < all; signs++) {
      double sum = 0;
      for (int i = 0; i < differences.length; i++) {
        sum += (signs >> i & 1) == 0 ? differences[i] : -differences[i];
      }
      if (Math.abs(sum) >= limit) {
        extreme++;
      }
    }
    return (double) extreme / all;
  }

  private static double sampled(double[] differences, double limit) {
    SplittableRandom random = new SplittableRandom(SEED);
    int extreme = 0;
    for (int flip = 0; flip < FLIPS; flip++) {
      double sum = 0;
      for (double difference : differences) {
        sum += random.nextBoolean() ? difference : -difference;
      }
      if (Math.abs(sum) >= limit) {
        extreme++;
      }
    }
    // The observed signs are one of the permutations.
    return (extreme + 1.0) / (FLIPS + 1.0);
  }
}
