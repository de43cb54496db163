package io.stablesr.diffusion;

/** The way from noise to a latent. */
public enum SamplerKind {
  /** Ancestral sampling with respaced tables (Ho et al. 2020). */
  DDPM(0),
  /** Implicit sampling (Song et al. 2021), deterministic at eta 0. */
  DDIM(0),
  /** Deterministic multistep solver of second order (Lu et al. 2022). */
  DPM_SOLVER(1),
  /** Deterministic multistep solver with a corrector (Zhao et al. 2023). */
  UNIPC(3);

  private final int keptLatents;

  SamplerKind(int keptLatents) {
    this.keptLatents = keptLatents;
  }

  /** Canvases of latents that are kept from step to step beside the current one. */
  public int keptLatents() {
    return keptLatents;
  }
}
