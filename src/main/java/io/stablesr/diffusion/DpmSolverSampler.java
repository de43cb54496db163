package io.stablesr.diffusion;

import io.stablesr.core.FloatTensor;
import java.util.List;

/**
 * DPM-Solver++(2M) (Lu et al. 2022, algorithm 2): the prediction goes on as it went over the last
 * step.
 */
public final class DpmSolverSampler extends MultistepSampler {
  /** A sampler over the timesteps of {@code schedule}. */
  public DpmSolverSampler(RespacedSchedule schedule, Parameterization parameterization) {
    super(schedule, parameterization);
  }

  @Override
  public Advance advance(int i, FloatTensor x, Denoised denoised, Past past, FloatTensor unused) {
    FloatTensor x0 = denoised.x0();
    if (i == 0) {
      return new Advance(x0, Past.NONE);
    }
    FloatTensor next = constant(i, x, x0);
    if (!past.tensors().isEmpty()) {
      double ratio = (lambda(i - 1) - lambda(i)) / (lambda(i) - lambda(i + 1));
      next = plusDifference(next, gain(i) * ratio / 2, x0, past.tensors().get(0));
    }
    return new Advance(next, new Past(List.of(x0)));
  }
}
