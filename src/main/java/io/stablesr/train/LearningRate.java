package io.stablesr.train;

import io.stablesr.core.ErrorCode;
import io.stablesr.core.StableSrException;

/**
 * The learning rate of each step: a linear rise, then half a cosine down to a share of the base.
 *
 * @param base highest rate
 * @param warmupSteps steps of the rise, 0 for none
 * @param decaySteps the step at which the cosine has ended; 0 keeps the base
 * @param finalShare what is left of the base then
 */
public record LearningRate(double base, long warmupSteps, long decaySteps, double finalShare) {
  /** Checks the numbers. */
  public LearningRate {
    if (!(base > 0) || warmupSteps < 0 || decaySteps < 0 || !(finalShare >= 0 && finalShare <= 1)) {
      throw new StableSrException(
          ErrorCode.CONFIG,
          "learning-rate is base %s, warmup-steps %d, decay-steps %d, final-share %s; needed are base above 0, steps of 0 or more and a share in 0..1."
              .formatted(base, warmupSteps, decaySteps, finalShare));
    }
  }

  /** The rate of a step, the first of which is 1. */
  public double at(long step) {
    double rate = base;
    if (step < warmupSteps) {
      rate *= step / (double) warmupSteps;
    }
    if (decaySteps > 0) {
      double progress = Math.min(1, step / (double) decaySteps);
      rate *= finalShare + (1 - finalShare) * 0.5 * (1 + Math.cos(Math.PI * progress));
    }
    return rate;
  }
}
