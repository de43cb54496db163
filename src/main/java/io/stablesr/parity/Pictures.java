package io.stablesr.parity;

import io.stablesr.core.FloatTensor;
import java.util.List;
import java.util.function.UnaryOperator;

/** Pictures as the published scripts hold them. */
final class Pictures {
  private static final float MAX = 255;

  private Pictures() {}

  /** Applies {@code change} to each picture of a batch {@code [N,C,H,W]}. */
  static FloatTensor each(FloatTensor batch, UnaryOperator<FloatTensor> change) {
    List<FloatTensor> changed = Slices.split(batch).stream().map(change).toList();
    return Slices.stack(changed);
  }

  /** From bytes {@code [H,W,3]} to {@code [3,H,W]} in 0..1. */
  static FloatTensor fromBytes(FloatTensor interleaved) {
    int channels = interleaved.dim(2);
    int plane = interleaved.dim(0) * interleaved.dim(1);
    FloatTensor planar = FloatTensor.zeros(channels, interleaved.dim(0), interleaved.dim(1));
    for (int i = 0; i < interleaved.size(); i++) {
      planar.data()[i % channels * plane + i / channels] = interleaved.data()[i] / MAX;
    }
    return planar;
  }

  /** From {@code [3,H,W]} in 0..1 to bytes {@code [H,W,3]} by truncation. */
  static FloatTensor toBytes(FloatTensor planar) {
    int channels = planar.dim(0);
    int plane = planar.dim(1) * planar.dim(2);
    FloatTensor bytes = FloatTensor.zeros(planar.dim(1), planar.dim(2), channels);
    for (int i = 0; i < bytes.size(); i++) {
      float value = MAX * planar.data()[i % channels * plane + i / channels];
      bytes.data()[i] = (int) Math.min(Math.max(value, 0), MAX);
    }
    return bytes;
  }

  /** {@code factor * value + offset}. */
  static FloatTensor affine(FloatTensor picture, float factor, float offset) {
    FloatTensor result = picture.copy();
    for (int i = 0; i < result.size(); i++) {
      result.data()[i] = factor * result.data()[i] + offset;
    }
    return result;
  }

  /** From 0..1 to -1..1. */
  static FloatTensor signed(FloatTensor picture) {
    return affine(picture, 2, -1);
  }

  /** From -1..1 to 0..1, clamped. */
  static FloatTensor unsigned(FloatTensor picture) {
    FloatTensor result = picture.copy();
    for (int i = 0; i < result.size(); i++) {
      result.data()[i] = (result.data()[i] + 1) / 2;
    }
    return clamped(result, 0, 1);
  }

  static FloatTensor clamped(FloatTensor picture, float low, float high) {
    FloatTensor result = picture.copy();
    for (int i = 0; i < result.size(); i++) {
      result.data()[i] = Math.min(Math.max(result.data()[i], low), high);
    }
    return result;
  }
}
