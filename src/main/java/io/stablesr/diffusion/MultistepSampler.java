package io.stablesr.diffusion;

import io.stablesr.core.FloatTensor;

/**
 * Deterministic solvers of the probability-flow equation that remember earlier predictions, so that
 * few steps are as exact as many of {@link DdimSampler} (docs/mathematics.md 3.6). Both work on the
 * prediction of the clean latent, whatever the network predicts. In the logarithm of the
 * signal-to-noise ratio, {@code lambda = ln(sqrt(ac) / sqrt(1 - ac))}, the equation is solved but
 * for the prediction, which is extrapolated linearly. The last step returns the prediction.
 */
abstract sealed class MultistepSampler extends ScheduledSampler
    permits DpmSolverSampler, UniPcSampler {
  private final double[] signal;
  private final double[] noise;
  private final double[] lambda;

  MultistepSampler(RespacedSchedule schedule, Parameterization parameterization) {
    super(schedule, parameterization);
    int size = schedule.size();
    signal = new double[size];
    noise = new double[size];
    lambda = new double[size];
    for (int i = 0; i < size; i++) {
      double cumulative = schedule.tables().alphaCumprod(i);
      signal[i] = Math.sqrt(cumulative);
      noise[i] = Math.sqrt(1 - cumulative);
      lambda[i] = Math.log(signal[i]) - Math.log(noise[i]);
    }
  }

  @Override
  final float signalShare(int i) {
    return (float) signal[i];
  }

  @Override
  final float noiseShare(int i) {
    return (float) noise[i];
  }

  @Override
  final Denoised fromNoise(int i, FloatTensor x, FloatTensor eps) {
    return new Denoised(Elementwise.reducedBy(x, noiseShare(i), eps, signalShare(i)), eps);
  }

  @Override
  final Denoised fromVelocity(int i, FloatTensor x, FloatTensor velocity) {
    return withX0(i, x, Elementwise.weightedSum(signalShare(i), x, -noiseShare(i), velocity));
  }

  @Override
  public final float noiseScale(int i) {
    return 0;
  }

  @Override
  final FloatTensor mean(int i, FloatTensor x, Denoised denoised) {
    return advance(i, x, denoised, Past.NONE, null).x();
  }

  /** {@code lambda_i}. */
  final double lambda(int i) {
    return lambda[i];
  }

  /**
   * The exact solution from index {@code from} to the next lower one for a prediction that stays:
   * {@code (s'/s) x - a' (exp(-h) - 1) x0}.
   */
  final FloatTensor constant(int from, FloatTensor x, FloatTensor x0) {
    return Elementwise.weightedSum(
        (float) (noise[from - 1] / noise[from]), x, (float) gain(from), x0);
  }

  /** Factor of a change of the prediction in that solution, {@code -a' (exp(-h) - 1)}. */
  final double gain(int from) {
    return -signal[from - 1] * Math.expm1(lambda[from] - lambda[from - 1]);
  }

  /** {@code x + factor * (a - b)}. */
  static FloatTensor plusDifference(FloatTensor x, double factor, FloatTensor a, FloatTensor b) {
    return Elementwise.plusScaled(Elementwise.plusScaled(x, (float) factor, a), (float) -factor, b);
  }
}
