package io.stablesr.image;

import io.stablesr.core.FloatTensor;
import java.util.Random;

/** Pictures for tests, and distances between them. */
final class Pictures {
  private Pictures() {}

  /** Uniform noise in 0..1. */
  static FloatTensor noise(long seed, int... shape) {
    FloatTensor tensor = FloatTensor.zeros(shape);
    Random random = new Random(seed);
    for (int i = 0; i < tensor.size(); i++) {
      tensor.data()[i] = random.nextFloat();
    }
    return tensor;
  }

  /** Noise whose values are k/levels exactly. */
  static FloatTensor quantizedNoise(long seed, int levels, int... shape) {
    FloatTensor tensor = FloatTensor.zeros(shape);
    Random random = new Random(seed);
    for (int i = 0; i < tensor.size(); i++) {
      tensor.data()[i] = random.nextInt(levels + 1) / (float) levels;
    }
    return tensor;
  }

  /** Smooth colours in 0..1 that differ in every corner. */
  static FloatTensor gradient(int height, int width) {
    FloatTensor tensor = FloatTensor.zeros(3, height, width);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        float u = x / (float) Math.max(width - 1, 1);
        float v = y / (float) Math.max(height - 1, 1);
        tensor.data()[y * width + x] = 0.1f + 0.8f * u;
        tensor.data()[(height + y) * width + x] = 0.1f + 0.8f * v;
        tensor.data()[(2 * height + y) * width + x] = 0.2f + 0.3f * (u + v);
      }
    }
    return tensor;
  }

  static float maxDifference(FloatTensor one, FloatTensor other) {
    requireSame(one, other);
    float max = 0;
    for (int i = 0; i < one.size(); i++) {
      max = Math.max(max, Math.abs(one.data()[i] - other.data()[i]));
    }
    return max;
  }

  static double meanDifference(FloatTensor one, FloatTensor other) {
    requireSame(one, other);
    double sum = 0;
    for (int i = 0; i < one.size(); i++) {
      sum += Math.abs(one.data()[i] - other.data()[i]);
    }
    return sum / one.size();
  }

  /** The L2 norm of the difference relative to that of {@code expected}. */
  static double relativeError(FloatTensor actual, FloatTensor expected) {
    requireSame(actual, expected);
    double difference = 0;
    double norm = 0;
    for (int i = 0; i < actual.size(); i++) {
      double d = actual.data()[i] - expected.data()[i];
      difference += d * d;
      norm += (double) expected.data()[i] * expected.data()[i];
    }
    return Math.sqrt(difference / norm);
  }

  private static void requireSame(FloatTensor one, FloatTensor other) {
    if (!one.sameShape(other)) {
      throw new AssertionError("Shapes differ: %s and %s".formatted(one, other));
    }
  }
}
