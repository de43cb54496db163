package io.stablesr.diffusion;

import io.stablesr.core.FloatTensor;

/** fp32 arithmetic on tensors of equal shape; the result is always a new tensor. */
final class Elementwise {
  private Elementwise() {}

  /** {@code a * x + b * y}. */
  static FloatTensor weightedSum(float a, FloatTensor x, float b, FloatTensor y) {
    requireSameShape(x, y);
    float[] left = x.data();
    float[] right = y.data();
    float[] sum = new float[left.length];
    for (int i = 0; i < sum.length; i++) {
      sum[i] = a * left[i] + b * right[i];
    }
    return FloatTensor.of(sum, x.shape());
  }

  /** {@code x + b * y}. */
  static FloatTensor plusScaled(FloatTensor x, float b, FloatTensor y) {
    requireSameShape(x, y);
    float[] left = x.data();
    float[] right = y.data();
    float[] sum = new float[left.length];
    for (int i = 0; i < sum.length; i++) {
      sum[i] = left[i] + b * right[i];
    }
    return FloatTensor.of(sum, x.shape());
  }

  /** {@code (x - b * y) / divisor}. */
  static FloatTensor reducedBy(FloatTensor x, float b, FloatTensor y, float divisor) {
    requireSameShape(x, y);
    float[] left = x.data();
    float[] right = y.data();
    float[] quotient = new float[left.length];
    for (int i = 0; i < quotient.length; i++) {
      quotient[i] = (left[i] - b * right[i]) / divisor;
    }
    return FloatTensor.of(quotient, x.shape());
  }

  static void requireSameShape(FloatTensor x, FloatTensor y) {
    if (!x.sameShape(y)) {
      throw new IllegalArgumentException("Shapes differ: " + x + " and " + y);
    }
  }
}
