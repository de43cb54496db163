package io.stablesr.degrade;

import io.stablesr.core.FloatTensor;

/** Adds noise to a picture {@code [3,H,W]} and clips it to 0..1, without rounding to levels. */
public final class NoiseAdder {
  private static final float RED = 0.2989f;
  private static final float GREEN = 0.587f;
  private static final float BLUE = 0.114f;

  private NoiseAdder() {}

  /**
   * The noisy picture.
   *
   * @param draw which of the field's draws is used; another for every use of the field
   */
  public static FloatTensor add(
      FloatTensor picture, NoiseShape shape, RandomField field, int draw) {
    return shape instanceof NoiseShape.Gaussian gaussian
        ? addGaussian(picture, gaussian, field, draw)
        : addPoisson(picture, (NoiseShape.Poisson) shape, field, draw);
  }

  private static FloatTensor addGaussian(
      FloatTensor picture, NoiseShape.Gaussian shape, RandomField field, int draw) {
    int channels = shape.color() == NoiseColor.GREY ? 1 : picture.dim(0);
    FloatTensor normals = field.normal(draw, channels, picture.dim(1), picture.dim(2));
    // Rounded after each step, as published: normals times sigma, then over 255.
    float sigma = (float) shape.sigmaLevels();
    return sum(picture, i -> normals.data()[i] * sigma / 255f, normals.size());
  }

  private static FloatTensor addPoisson(
      FloatTensor picture, NoiseShape.Poisson shape, RandomField field, int draw) {
    FloatTensor levels = levels(shape.color() == NoiseColor.GREY ? luma(picture) : picture);
    float photons = photonsOf(levels);
    FloatTensor counts = field.poisson(draw, rates(levels, photons));
    float scale = (float) shape.scale();
    return sum(
        picture, i -> (counts.data()[i] / photons - levels.data()[i]) * scale, counts.size());
  }

  /** The Poisson rates of a picture whose values are levels k/255, {@code photons} at white. */
  private static FloatTensor rates(FloatTensor levels, float photons) {
    FloatTensor rates = FloatTensor.zeros(levels.shape());
    for (int i = 0; i < rates.size(); i++) {
      rates.data()[i] = levels.data()[i] * photons;
    }
    return rates;
  }

  /** The picture rounded to whole levels, in 0..1. */
  private static FloatTensor levels(FloatTensor picture) {
    FloatTensor levels = FloatTensor.zeros(picture.shape());
    for (int i = 0; i < levels.size(); i++) {
      float level = (float) Math.rint(picture.data()[i] * 255f);
      levels.data()[i] = Math.min(Math.max(level, 0f), 255f) / 255f;
    }
    return levels;
  }

  /** Photons at white: the number of different levels, rounded up to a power of two. */
  private static float photonsOf(FloatTensor levels) {
    boolean[] seen = new boolean[256];
    int count = 0;
    for (float level : levels.data()) {
      int index = Math.round(level * 255f);
      if (!seen[index]) {
        seen[index] = true;
        count++;
      }
    }
    return count == 1 ? 1 : Integer.highestOneBit(count - 1) << 1;
  }

  private static FloatTensor luma(FloatTensor picture) {
    int plane = picture.dim(1) * picture.dim(2);
    FloatTensor luma = FloatTensor.zeros(1, picture.dim(1), picture.dim(2));
    float[] in = picture.data();
    for (int i = 0; i < plane; i++) {
      luma.data()[i] = RED * in[i] + GREEN * in[plane + i] + BLUE * in[2 * plane + i];
    }
    return luma;
  }

  private interface Noise {
    float at(int index);
  }

  private static FloatTensor sum(FloatTensor picture, Noise noise, int period) {
    FloatTensor result = FloatTensor.zeros(picture.shape());
    for (int i = 0; i < result.size(); i++) {
      float value = picture.data()[i] + noise.at(i % period);
      result.data()[i] = Math.min(Math.max(value, 0f), 1f);
    }
    return result;
  }
}
