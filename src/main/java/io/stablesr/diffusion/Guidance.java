package io.stablesr.diffusion;

import io.stablesr.core.FloatTensor;
import java.util.List;

/**
 * Classifier-free guidance (Ho and Salimans 2022; docs/mathematics.md 3.4) on the raw network
 * output.
 */
public final class Guidance {
  private final List<GuidanceBranch> branches;
  private final float scale;

  /** Guidance of a scale; at 1 the negative branch is not evaluated. */
  public Guidance(double scale) {
    this.scale = (float) scale;
    this.branches =
        scale == 1.0
            ? List.of(GuidanceBranch.POSITIVE)
            : List.of(GuidanceBranch.NEGATIVE, GuidanceBranch.POSITIVE);
  }

  /** What has to be evaluated, in the published batch order. */
  public List<GuidanceBranch> branches() {
    return branches;
  }

  /**
   * {@code negative + scale * (positive - negative)} of the outputs, in {@link #branches} order.
   */
  public FloatTensor combine(List<FloatTensor> outputs) {
    if (branches.size() == 1) {
      return outputs.get(0);
    }
    float[] negative = outputs.get(0).data();
    float[] positive = outputs.get(1).data();
    float[] guided = new float[negative.length];
    for (int i = 0; i < guided.length; i++) {
      guided[i] = negative[i] + scale * (positive[i] - negative[i]);
    }
    return FloatTensor.of(guided, outputs.get(0).shape());
  }
}
