package io.stablesr.diffusion;

import io.stablesr.core.FloatTensor;

/**
 * Ancestral sampling from the posterior q(x_{i-1} | x_i, x0) over a respaced chain (Ho et al. 2020,
 * algorithm 2; docs/mathematics.md 3.2). x0 is not clipped. The last step returns x0.
 */
public final class DdpmSampler extends ScheduledSampler {
  private final DiffusionTables tables;

  /** A sampler over the timesteps of {@code schedule}. */
  public DdpmSampler(RespacedSchedule schedule, Parameterization parameterization) {
    super(schedule, parameterization);
    this.tables = schedule.tables();
  }

  @Override
  float signalShare(int i) {
    return tables.sqrtAlphaCumprod(i);
  }

  @Override
  float noiseShare(int i) {
    return tables.sqrtOneMinusAlphaCumprod(i);
  }

  @Override
  Denoised fromNoise(int i, FloatTensor x, FloatTensor eps) {
    FloatTensor x0 =
        Elementwise.weightedSum(
            tables.sqrtRecipAlphaCumprod(i), x, -tables.sqrtRecipM1AlphaCumprod(i), eps);
    return new Denoised(x0, eps);
  }

  @Override
  Denoised fromVelocity(int i, FloatTensor x, FloatTensor velocity) {
    return withX0(i, x, Elementwise.weightedSum(signalShare(i), x, -noiseShare(i), velocity));
  }

  @Override
  public float noiseScale(int i) {
    float half = 0.5f * tables.posteriorLogVarianceClipped(i);
    return i == 0 ? 0.0f : (float) StrictMath.exp(half);
  }

  @Override
  FloatTensor mean(int i, FloatTensor x, Denoised denoised) {
    return Elementwise.weightedSum(
        tables.posteriorMeanCoef1(i), denoised.x0(), tables.posteriorMeanCoef2(i), x);
  }
}
