package io.stablesr.parity;

import io.stablesr.core.FloatTensor;

/**
 * The Gaussian that the encoder's moments {@code [N,2C,h,w]} describe (docs/mathematics.md 1.4).
 *
 * @param mean {@code [N,C,h,w]}
 * @param deviation standard deviation, same shape
 */
record Posterior(FloatTensor mean, FloatTensor deviation) {
  private static final float LOWEST_LOG_VARIANCE = -30;
  private static final float HIGHEST_LOG_VARIANCE = 20;

  static Posterior of(FloatTensor moments) {
    int[] shape = moments.shape();
    shape[1] /= 2;
    FloatTensor mean = FloatTensor.zeros(shape);
    FloatTensor deviation = FloatTensor.zeros(shape);
    int half = mean.size() / shape[0];
    for (int n = 0; n < shape[0]; n++) {
      System.arraycopy(moments.data(), 2 * n * half, mean.data(), n * half, half);
      for (int i = 0; i < half; i++) {
        float logVariance = moments.data()[(2 * n + 1) * half + i];
        float clamped = Math.max(LOWEST_LOG_VARIANCE, Math.min(logVariance, HIGHEST_LOG_VARIANCE));
        deviation.data()[n * half + i] = (float) Math.exp(0.5f * clamped);
      }
    }
    return new Posterior(mean, deviation);
  }

  /** {@code mean + deviation * noise}. */
  FloatTensor sample(FloatTensor noise) {
    FloatTensor sample = FloatTensor.zeros(mean.shape());
    for (int i = 0; i < sample.size(); i++) {
      sample.data()[i] = mean.data()[i] + deviation.data()[i] * noise.data()[i];
    }
    return sample;
  }

  /** {@code factor * tensor}. */
  static FloatTensor scaled(FloatTensor tensor, float factor) {
    FloatTensor result = tensor.copy();
    for (int i = 0; i < result.size(); i++) {
      result.data()[i] *= factor;
    }
    return result;
  }
}
