package io.stablesr.metric;

import io.stablesr.core.FloatTensor;

/** What networks want pictures to be. */
final class Pictures {
  private Pictures() {}

  /** {@code (x - mean) / deviation} per channel of {@code [3,H,W]}, as {@code [1,3,H,W]}. */
  static FloatTensor normalized(FloatTensor picture, double[] mean, double[] deviation) {
    int plane = picture.dim(1) * picture.dim(2);
    FloatTensor out = FloatTensor.zeros(1, 3, picture.dim(1), picture.dim(2));
    for (int i = 0; i < out.size(); i++) {
      int c = i / plane;
      out.data()[i] = (float) ((picture.data()[i] - mean[c]) / deviation[c]);
    }
    return out;
  }
}
