package io.stablesr.diffusion;

import io.stablesr.core.ErrorCode;
import io.stablesr.core.StableSrException;
import io.stablesr.core.Words;

/** Which of the timesteps 0..start a run of few steps visits. */
public enum TimestepSpacing {
  /** Evenly from 0 to start, both included, as the published samplers do: 0, 333, 666, 999. */
  LINSPACE {
    @Override
    int[] spread(int steps, int start) {
      int[] timesteps = new int[steps];
      double stride = steps > 1 ? start / (double) (steps - 1) : 0;
      // One step alone must be the noisy end: from there it still reaches a clean latent.
      double current = steps > 1 ? 0 : start;
      for (int k = 0; k < steps; k++) {
        timesteps[k] = (int) Math.rint(current);
        current += stride;
      }
      return timesteps;
    }

    @Override
    int mostSteps(int start) {
      return start + 1;
    }
  },
  /** Evenly from start down to, but without, 0: 250, 500, 749, 999. */
  TRAILING {
    @Override
    int[] spread(int steps, int start) {
      int[] timesteps = new int[steps];
      for (int k = 0; k < steps; k++) {
        timesteps[k] = (int) Math.rint((double) start * (k + 1) / steps);
      }
      return timesteps;
    }

    @Override
    int mostSteps(int start) {
      return start;
    }
  };

  /**
   * The visited timesteps in ascending order; halves are rounded to even.
   *
   * @throws StableSrException CONFIG if there are not that many different timesteps
   */
  public int[] timesteps(int steps, int startTimestep) {
    if (steps < 1 || steps > mostSteps(startTimestep)) {
      throw new StableSrException(
          ErrorCode.CONFIG,
          "sampling.steps is %d; from sampling.start-timestep %d with %s spacing it must be in 1..%d."
              .formatted(steps, startTimestep, Words.of(this), mostSteps(startTimestep)));
    }
    return spread(steps, startTimestep);
  }

  abstract int[] spread(int steps, int start);

  abstract int mostSteps(int start);
}
