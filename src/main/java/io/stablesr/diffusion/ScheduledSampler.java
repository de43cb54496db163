package io.stablesr.diffusion;

import io.stablesr.core.FloatTensor;

/**
 * What the samplers have in common: which timesteps they visit, and what is read off the network's
 * output. They differ in their coefficients, and in the order of operations that their published
 * numbers were made with.
 */
abstract sealed class ScheduledSampler implements Sampler
    permits DdpmSampler, DdimSampler, MultistepSampler {
  private final Timesteps timesteps;
  private final Parameterization parameterization;

  ScheduledSampler(Timesteps timesteps, Parameterization parameterization) {
    this.timesteps = timesteps;
    this.parameterization = parameterization;
  }

  @Override
  public final int steps() {
    return timesteps.size();
  }

  @Override
  public final int timestep(int i) {
    return timesteps.timestep(i);
  }

  @Override
  public final Denoised denoise(int i, FloatTensor x, FloatTensor zLr, FloatTensor output) {
    if (parameterization instanceof Parameterization.LrResidual residual) {
      return withX0(i, x, Elementwise.plusScaled(zLr, (float) residual.residualScale(), output));
    }
    return parameterization instanceof Parameterization.V
        ? fromVelocity(i, x, output)
        : fromNoise(i, x, output);
  }

  @Override
  public final FloatTensor keeping(int i, FloatTensor x, FloatTensor zLr) {
    if (parameterization instanceof Parameterization.LrResidual) {
      return FloatTensor.zeros(zLr.shape());
    }
    FloatTensor eps = withX0(i, x, zLr).eps();
    return parameterization instanceof Parameterization.V
        ? Elementwise.weightedSum(signalShare(i), eps, -noiseShare(i), zLr)
        : eps;
  }

  @Override
  public final Denoised withX0(int i, FloatTensor x, FloatTensor x0) {
    return new Denoised(x0, Elementwise.reducedBy(x, signalShare(i), x0, noiseShare(i)));
  }

  @Override
  public final FloatTensor next(int i, FloatTensor x, Denoised denoised, FloatTensor noise) {
    FloatTensor mean = mean(i, x, denoised);
    float scale = noiseScale(i);
    return scale == 0 ? mean : Elementwise.plusScaled(mean, scale, noise);
  }

  /** Share of the clean latent in x_i. */
  abstract float signalShare(int i);

  /** Share of the noise in x_i. */
  abstract float noiseShare(int i);

  /** Both halves of {@code x} where the network predicts the noise. */
  abstract Denoised fromNoise(int i, FloatTensor x, FloatTensor eps);

  /** Both halves of {@code x} where the network predicts the velocity. */
  abstract Denoised fromVelocity(int i, FloatTensor x, FloatTensor velocity);

  /** The next latent without its fresh noise. */
  abstract FloatTensor mean(int i, FloatTensor x, Denoised denoised);
}
