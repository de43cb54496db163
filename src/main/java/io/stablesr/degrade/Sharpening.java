package io.stablesr.degrade;

import io.stablesr.core.FloatTensor;

/**
 * Unsharp masking with a soft mask, so that flat regions keep their noise as it is: where the
 * picture differs from its blurred self by more than a threshold, the difference is added again.
 *
 * @param weight of the difference, 0..4
 * @param radius side of the Gaussian in pixels, made odd by adding one, 1..101; its sigma is {@code
 *     0.3 ((side - 1) / 2 - 1) + 0.8}
 * @param thresholdLevels of the difference, in 8-bit levels, 0..255
 */
public record Sharpening(double weight, int radius, double thresholdLevels) {
  /** Checks the numbers. */
  public Sharpening {
    if (!(weight >= 0 && weight <= 4)
        || radius < 1
        || radius > 101
        || !(thresholdLevels >= 0 && thresholdLevels <= 255)) {
      throw new IllegalArgumentException(
          "Sharpening needs weight 0..4, radius 1..101 and threshold 0..255, got %s, %d, %s"
              .formatted(weight, radius, thresholdLevels));
    }
  }

  /** The sharpened picture {@code [C,H,W]} in 0..1. */
  public FloatTensor apply(FloatTensor picture) {
    double[] line = line();
    FloatTensor blurred = KernelFilter.separable(picture, line);
    FloatTensor mask = FloatTensor.zeros(picture.shape());
    float[] in = picture.data();
    for (int i = 0; i < in.length; i++) {
      mask.data()[i] = Math.abs(in[i] - blurred.data()[i]) * 255f > thresholdLevels ? 1f : 0f;
    }
    FloatTensor softMask = KernelFilter.separable(mask, line);
    FloatTensor result = FloatTensor.zeros(picture.shape());
    for (int i = 0; i < in.length; i++) {
      float sharp = in[i] + (float) weight * (in[i] - blurred.data()[i]);
      float clipped = Math.min(Math.max(sharp, 0f), 1f);
      float share = softMask.data()[i];
      result.data()[i] = share * clipped + (1f - share) * in[i];
    }
    return result;
  }

  /** The Gaussian {@code [side,side]}. */
  public FloatTensor kernel() {
    double[] line = line();
    FloatTensor kernel = FloatTensor.zeros(line.length, line.length);
    for (int i = 0; i < kernel.size(); i++) {
      kernel.data()[i] = (float) (line[i / line.length] * line[i % line.length]);
    }
    return kernel;
  }

  /** One row of the Gaussian; the kernel is its product with itself. */
  double[] line() {
    int side = radius % 2 == 0 ? radius + 1 : radius;
    double sigma = 0.3 * ((side - 1) * 0.5 - 1) + 0.8;
    double[] line = new double[side];
    double sum = 0;
    for (int i = 0; i < side; i++) {
      double offset = i - side / 2;
      line[i] = StrictMath.exp(-offset * offset / (2 * sigma * sigma));
      sum += line[i];
    }
    for (int i = 0; i < side; i++) {
      line[i] /= sum;
    }
    return line;
  }
}
