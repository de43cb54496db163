package io.stablesr.diffusion;

/** Which alphas a DDIM step uses. */
public enum DdimTables {
  /** The alphas of the timestep that the network sees; the last step ends at alpha 1. */
  CONSISTENT,
  /**
   * The alphas of {@code range(0, 1000, 1000/steps)} while the network sees the respaced timesteps.
   */
  PUBLISHED
}
