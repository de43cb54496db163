package io.stablesr.diffusion;

/** Which text a network evaluation is conditioned on. */
public enum GuidanceBranch {
  /** The prompt's context. */
  POSITIVE,
  /** The negative prompt's context. */
  NEGATIVE
}
