package io.stablesr.diffusion;

import io.stablesr.core.FloatTensor;

/** Hears of progress during sampling; called on the sampling thread. */
public interface SamplingListener {
  /** Ignores everything. */
  SamplingListener NONE = new SamplingListener() {};

  /**
   * {@code done} of {@code total} tile evaluations are finished, counted over all steps, images and
   * guidance branches.
   */
  default void tilesDone(int done, int total) {}

  /**
   * Step {@code k} (0 = highest timestep) is finished. The tensors must not be written to.
   *
   * @param x latent after the step {@code [N,4,h,w]}
   * @param predictedX0 predicted clean latent, after reference guidance
   */
  default void stepDone(int k, int timestep, FloatTensor x, FloatTensor predictedX0) {}
}
