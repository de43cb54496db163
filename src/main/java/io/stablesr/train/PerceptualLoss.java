package io.stablesr.train;

import io.stablesr.engine.DeviceTensor;
import io.stablesr.engine.TensorScope;

/** A differentiable distance of pictures {@code [N,3,H,W]} in -1..1. */
public interface PerceptualLoss {
  /** No distance: not evaluated. */
  PerceptualLoss NONE = (scope, a, b) -> a;

  /** The distance, mean over the batch. */
  DeviceTensor of(TensorScope scope, DeviceTensor a, DeviceTensor b);
}
