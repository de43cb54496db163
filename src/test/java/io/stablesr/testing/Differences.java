package io.stablesr.testing;

import io.stablesr.core.FloatTensor;
import java.util.Arrays;

/** Differences between tensors. */
public final class Differences {
  private Differences() {}

  /** {@code |actual - expected| / |expected|} in the Euclidean norm. */
  public static double relativeL2(FloatTensor actual, FloatTensor expected) {
    requireSameShape(actual, expected);
    double difference = 0;
    double norm = 0;
    for (int i = 0; i < expected.size(); i++) {
      double error = (double) actual.data()[i] - expected.data()[i];
      difference += error * error;
      norm += (double) expected.data()[i] * expected.data()[i];
    }
    return Math.sqrt(difference / norm);
  }

  /** The largest absolute difference. */
  public static double maxAbs(FloatTensor actual, FloatTensor expected) {
    requireSameShape(actual, expected);
    double max = 0;
    for (int i = 0; i < expected.size(); i++) {
      max = Math.max(max, Math.abs((double) actual.data()[i] - expected.data()[i]));
    }
    return max;
  }

  private static void requireSameShape(FloatTensor actual, FloatTensor expected) {
    if (!Arrays.equals(actual.shape(), expected.shape())) {
      throw new AssertionError("Got " + actual + ", expected " + expected);
    }
  }
}
