package io.stablesr.diffusion;

import io.stablesr.core.ErrorCode;
import io.stablesr.core.StableSrException;
import io.stablesr.core.Words;

/** Which of the timesteps 0..start a run of few steps visits. */
public enum TimestepSpacing {
  /** Evenly from 0 to start, both included, as the published samplers do: 0, 333, 666, 999. */
  LINSPACE {
    @Override
    int[] spread(NoiseSchedule schedule, int steps, int start) {
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
    int[] spread(NoiseSchedule schedule, int steps, int start) {
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
  },
  /**
   * Evenly in the logarithm of the signal-to-noise ratio from 0 to start, both included: steps of
   * one size for solvers, closer together where little noise is left.
   */
  LOG_SNR {
    @Override
    int[] spread(NoiseSchedule schedule, int steps, int start) {
      int[] timesteps = new int[steps];
      double clean = schedule.logSnr(0);
      double noisy = schedule.logSnr(start);
      int timestep = 0;
      for (int k = 0; k < steps; k++) {
        double wanted = steps > 1 ? clean + k * (noisy - clean) / (steps - 1) : noisy;
        while (timestep < start
            && schedule.logSnr(timestep) - wanted > wanted - schedule.logSnr(timestep + 1)) {
          timestep++;
        }
        // Timesteps are whole numbers: where several were the same, they follow one another.
        timesteps[k] = k == 0 ? timestep : Math.max(timestep, timesteps[k - 1] + 1);
      }
      for (int k = steps - 1; k >= 0; k--) {
        timesteps[k] = Math.min(timesteps[k], start - (steps - 1 - k));
      }
      return timesteps;
    }

    @Override
    int mostSteps(int start) {
      return start + 1;
    }
  };

  /**
   * The visited timesteps in ascending order.
   *
   * @param schedule of the model
   * @throws StableSrException CONFIG if there are not that many different timesteps
   */
  public int[] timesteps(NoiseSchedule schedule, int steps, int startTimestep) {
    if (steps < 1 || steps > mostSteps(startTimestep)) {
      throw new StableSrException(
          ErrorCode.CONFIG,
          "sampling.steps is %d; from sampling.start-timestep %d with %s spacing it must be in 1..%d."
              .formatted(steps, startTimestep, Words.of(this), mostSteps(startTimestep)));
    }
    return spread(schedule, steps, startTimestep);
  }

  abstract int[] spread(NoiseSchedule schedule, int steps, int start);

  abstract int mostSteps(int start);
}
