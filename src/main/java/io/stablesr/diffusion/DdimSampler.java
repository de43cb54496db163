package io.stablesr.diffusion;

import io.stablesr.core.FloatTensor;

/** Implicit sampling (Song et al. 2021, equation 12; SPEC 3.5); deterministic where eta is 0. */
public final class DdimSampler implements Sampler {
  private final DdimSchedule schedule;
  private final Parameterization parameterization;

  /** A sampler with the coefficients of {@code schedule}. */
  public DdimSampler(DdimSchedule schedule, Parameterization parameterization) {
    this.schedule = schedule;
    this.parameterization = parameterization;
  }

  @Override
  public int steps() {
    return schedule.size();
  }

  @Override
  public int timestep(int i) {
    return schedule.timestep(i);
  }

  @Override
  public Denoised denoise(int i, FloatTensor x, FloatTensor zLr, FloatTensor output) {
    float sqrtAlpha = sqrt(schedule.alpha(i));
    float sqrtRest = schedule.sqrtOneMinusAlpha(i);
    if (parameterization instanceof Parameterization.LrResidual residual) {
      return withX0(i, x, Elementwise.plusScaled(zLr, (float) residual.residualScale(), output));
    }
    FloatTensor eps = output;
    if (parameterization instanceof Parameterization.V) {
      eps = Elementwise.weightedSum(sqrtAlpha, output, sqrtRest, x);
    }
    return new Denoised(Elementwise.reducedBy(x, sqrtRest, eps, sqrtAlpha), eps);
  }

  @Override
  public Denoised withX0(int i, FloatTensor x, FloatTensor x0) {
    FloatTensor eps =
        Elementwise.reducedBy(x, sqrt(schedule.alpha(i)), x0, schedule.sqrtOneMinusAlpha(i));
    return new Denoised(x0, eps);
  }

  @Override
  public float noiseScale(int i) {
    return (float) schedule.sigma(i);
  }

  @Override
  public FloatTensor next(int i, FloatTensor x, Denoised denoised, FloatTensor noise) {
    float alphaPrev = (float) schedule.alphaPrev(i);
    float sigma = noiseScale(i);
    // Rounding may push the rest a few ulp below zero at eta 1.
    float rest = sqrt(Math.max(1.0f - alphaPrev - sigma * sigma, 0.0f));
    FloatTensor mean =
        Elementwise.weightedSum(sqrt(alphaPrev), denoised.x0(), rest, denoised.eps());
    return sigma == 0 ? mean : Elementwise.plusScaled(mean, sigma, noise);
  }

  private static float sqrt(float value) {
    return (float) Math.sqrt(value);
  }
}
