package io.stablesr.diffusion;

/** What sampling starts from. */
public enum StartPoint {
  /** The latent of the low-resolution image, noised to the start timestep. */
  LR_LATENT,
  /** Standard normal noise, as the published 512 and DDIM canvas scripts do. */
  PURE_NOISE
}
