package io.stablesr.diffusion;

import io.stablesr.core.ErrorCode;
import io.stablesr.core.StableSrException;

/**
 * The timesteps at which classifier-free guidance acts (Kynkäänniemi et al. 2024, Applying Guidance
 * in a Limited Interval; docs/mathematics.md 3.4). At all others the positive branch alone is
 * evaluated, as with a guidance scale of 1.
 *
 * @param fromTimestep lowest one, 0..999
 * @param toTimestep highest one, 0..999, not below {@code fromTimestep}; both are included
 */
public record GuidanceInterval(int fromTimestep, int toTimestep) {
  /** Every timestep. */
  public static final GuidanceInterval ALL = new GuidanceInterval(0, 999);

  /** Checks both ends. */
  public GuidanceInterval {
    require("sampling.guidance-from-timestep", fromTimestep);
    require("sampling.guidance-to-timestep", toTimestep);
    if (fromTimestep > toTimestep) {
      throw new StableSrException(
          ErrorCode.CONFIG,
          "sampling.guidance-from-timestep is %d and sampling.guidance-to-timestep %d; from must not be above to."
              .formatted(fromTimestep, toTimestep));
    }
  }

  /** Whether guidance acts at a timestep. */
  public boolean contains(int timestep) {
    return timestep >= fromTimestep && timestep <= toTimestep;
  }

  private static void require(String key, int timestep) {
    if (timestep < 0 || timestep > 999) {
      throw new StableSrException(
          ErrorCode.CONFIG, "%s is %d; it must be in 0..999.".formatted(key, timestep));
    }
  }
}
