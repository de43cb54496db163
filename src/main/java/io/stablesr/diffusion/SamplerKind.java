package io.stablesr.diffusion;

/** The way from noise to a latent. */
public enum SamplerKind {
  /** Ancestral sampling with respaced tables (Ho et al. 2020). */
  DDPM,
  /** Implicit sampling (Song et al. 2021), deterministic at eta 0. */
  DDIM
}
