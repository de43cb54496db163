package io.stablesr.diffusion;

import io.stablesr.core.FloatTensor;

/**
 * Ancestral sampling from the posterior q(x_{i-1} | x_i, x0) over a respaced chain (Ho et al. 2020,
 * algorithm 2; SPEC 3.3). x0 is not clipped. The last step returns x0.
 */
public final class DdpmSampler implements Sampler {
  private final RespacedSchedule schedule;
  private final Parameterization parameterization;

  /** A sampler over the timesteps of {@code schedule}. */
  public DdpmSampler(RespacedSchedule schedule, Parameterization parameterization) {
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
    DiffusionTables tables = schedule.tables();
    if (parameterization instanceof Parameterization.LrResidual residual) {
      return withX0(i, x, Elementwise.plusScaled(zLr, (float) residual.residualScale(), output));
    }
    if (parameterization instanceof Parameterization.V) {
      return withX0(
          i,
          x,
          Elementwise.weightedSum(
              tables.sqrtAlphaCumprod(i), x, -tables.sqrtOneMinusAlphaCumprod(i), output));
    }
    FloatTensor x0 =
        Elementwise.weightedSum(
            tables.sqrtRecipAlphaCumprod(i), x, -tables.sqrtRecipM1AlphaCumprod(i), output);
    return new Denoised(x0, output);
  }

  @Override
  public Denoised withX0(int i, FloatTensor x, FloatTensor x0) {
    DiffusionTables tables = schedule.tables();
    FloatTensor eps =
        Elementwise.reducedBy(
            x, tables.sqrtAlphaCumprod(i), x0, tables.sqrtOneMinusAlphaCumprod(i));
    return new Denoised(x0, eps);
  }

  @Override
  public float noiseScale(int i) {
    float half = 0.5f * schedule.tables().posteriorLogVarianceClipped(i);
    return i == 0 ? 0.0f : (float) StrictMath.exp(half);
  }

  @Override
  public FloatTensor next(int i, FloatTensor x, Denoised denoised, FloatTensor noise) {
    DiffusionTables tables = schedule.tables();
    FloatTensor mean =
        Elementwise.weightedSum(
            tables.posteriorMeanCoef1(i), denoised.x0(), tables.posteriorMeanCoef2(i), x);
    float scale = noiseScale(i);
    return scale == 0 ? mean : Elementwise.plusScaled(mean, scale, noise);
  }
}
