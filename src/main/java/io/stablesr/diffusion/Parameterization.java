package io.stablesr.diffusion;

import io.stablesr.core.ErrorCode;
import io.stablesr.core.StableSrException;

/** What the output of the network means. */
public sealed interface Parameterization {
  /** The noise in x_t (Ho et al. 2020). */
  record Eps() implements Parameterization {}

  /** Velocity: sqrt(ac) * noise - sqrt(1 - ac) * x0 (Salimans and Ho 2022). */
  record V() implements Parameterization {}

  /**
   * The difference to the latent of the low-resolution image: x0 = zLr + residualScale * output.
   *
   * @param residualScale above 0
   */
  record LrResidual(double residualScale) implements Parameterization {
    /** Checks the scale. */
    public LrResidual {
      if (!(residualScale > 0 && residualScale < Double.POSITIVE_INFINITY)) {
        throw new StableSrException(
            ErrorCode.CONFIG, "residual_scale is %s; it must be above 0.".formatted(residualScale));
      }
    }
  }
}
