package io.stablesr.diffusion;

/** Where the Gaussian weight of a tile of {@code T} latents has its peak. */
public enum GaussianCentre {
  /** At {@code (T-1)/2} on both axes. */
  SYMMETRIC,
  /** At {@code (T-1)/2} on x and {@code T/2} on y, as published. */
  PUBLISHED
}
