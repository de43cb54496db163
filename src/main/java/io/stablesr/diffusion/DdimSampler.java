package io.stablesr.diffusion;

import io.stablesr.core.FloatTensor;

/**
 * Implicit sampling (Song et al. 2021, equation 12; docs/mathematics.md 3.3); deterministic where
 * eta is 0.
 */
public final class DdimSampler extends ScheduledSampler {
  private final DdimSchedule schedule;

  /** A sampler with the coefficients of {@code schedule}. */
  public DdimSampler(DdimSchedule schedule, Parameterization parameterization) {
    super(schedule, parameterization);
    this.schedule = schedule;
  }

  @Override
  float signalShare(int i) {
    return sqrt(schedule.alpha(i));
  }

  @Override
  float noiseShare(int i) {
    return schedule.sqrtOneMinusAlpha(i);
  }

  @Override
  Denoised fromNoise(int i, FloatTensor x, FloatTensor eps) {
    return new Denoised(Elementwise.reducedBy(x, noiseShare(i), eps, signalShare(i)), eps);
  }

  @Override
  Denoised fromVelocity(int i, FloatTensor x, FloatTensor velocity) {
    return fromNoise(i, x, Elementwise.weightedSum(signalShare(i), velocity, noiseShare(i), x));
  }

  @Override
  public float noiseScale(int i) {
    return (float) schedule.sigma(i);
  }

  @Override
  FloatTensor mean(int i, FloatTensor x, Denoised denoised) {
    float alphaPrev = (float) schedule.alphaPrev(i);
    float sigma = noiseScale(i);
    // Rounding may push the rest a few ulp below zero at eta 1.
    float rest = sqrt(Math.max(1.0f - alphaPrev - sigma * sigma, 0.0f));
    return Elementwise.weightedSum(sqrt(alphaPrev), denoised.x0(), rest, denoised.eps());
  }

  private static float sqrt(float value) {
    return (float) Math.sqrt(value);
  }
}
