package io.stablesr.diffusion;

import io.stablesr.core.ErrorCode;
import io.stablesr.core.StableSrException;
import java.util.Objects;

/**
 * How a latent is sampled.
 *
 * @param sampler DDPM, DDIM or a multistep solver
 * @param steps network evaluations per tile and guidance branch, 1..1000
 * @param eta DDIM's share of fresh noise, 0..1; unused by the others
 * @param start what x_T is made of
 * @param startTimestep timestep of x_T, 0..999; 999 is a full run, less keeps more of the input
 * @param guidanceScale classifier-free guidance, 1 = off
 * @param overlapLatents overlap of neighbouring tiles in latent pixels
 * @param tileBatch tiles per native call, at least 1
 * @param ddimTables consistent or as published
 * @param gaussianCentre symmetric or as published
 * @param spacing which timesteps are visited
 * @param deepCache which steps reuse deep features
 * @param guidanceInterval timesteps at which guidance acts
 * @param flatTiles tiles that are not sampled
 */
public record SamplingOptions(
    SamplerKind sampler,
    int steps,
    double eta,
    StartPoint start,
    int startTimestep,
    double guidanceScale,
    int overlapLatents,
    int tileBatch,
    DdimTables ddimTables,
    GaussianCentre gaussianCentre,
    TimestepSpacing spacing,
    DeepCache deepCache,
    GuidanceInterval guidanceInterval,
    FlatTiles flatTiles) {
  /** Checks every value against its range. */
  public SamplingOptions {
    Objects.requireNonNull(sampler, "sampler");
    Objects.requireNonNull(start, "start");
    Objects.requireNonNull(ddimTables, "ddimTables");
    Objects.requireNonNull(gaussianCentre, "gaussianCentre");
    Objects.requireNonNull(spacing, "spacing");
    Objects.requireNonNull(deepCache, "deepCache");
    Objects.requireNonNull(guidanceInterval, "guidanceInterval");
    Objects.requireNonNull(flatTiles, "flatTiles");
    require(steps >= 1 && steps <= 1000, "sampling.steps", steps, "1..1000");
    require(eta >= 0 && eta <= 1, "sampling.eta", eta, "0..1");
    require(
        startTimestep >= 0 && startTimestep <= 999,
        "sampling.start-timestep",
        startTimestep,
        "0..999");
    require(
        guidanceScale >= 0 && guidanceScale <= 100,
        "sampling.guidance-scale",
        guidanceScale,
        "0..100");
    require(overlapLatents >= 0, "sampling.overlap-latents", overlapLatents, "0 and above");
    require(tileBatch >= 1 && tileBatch <= 4096, "sampling.tile-batch", tileBatch, "1..4096");
  }

  /** The sampler that these options describe, for a model's schedule and output. */
  public Sampler sampler(NoiseSchedule schedule, Parameterization parameterization) {
    return switch (sampler) {
      case DDPM -> new DdpmSampler(respaced(schedule), parameterization);
      case DDIM -> new DdimSampler(DdimSchedule.of(schedule, this), parameterization);
      case DPM_SOLVER -> new DpmSolverSampler(respaced(schedule), parameterization);
      case UNIPC -> new UniPcSampler(respaced(schedule), parameterization);
    };
  }

  /**
   * The timesteps that a run visits.
   *
   * @throws StableSrException CONFIG when options do not fit together
   */
  Timesteps timesteps(NoiseSchedule schedule) {
    return sampler == SamplerKind.DDIM ? DdimSchedule.of(schedule, this) : respaced(schedule);
  }

  private RespacedSchedule respaced(NoiseSchedule schedule) {
    return RespacedSchedule.of(schedule, spacing.timesteps(schedule, steps, startTimestep));
  }

  /** Whether a second, negative evaluation is needed at the timesteps of the interval. */
  public boolean guided() {
    return guidanceScale != 1.0;
  }

  /** Whether guidance acts, and not at every timestep. */
  public boolean guidedInPart() {
    return guided() && !guidanceInterval.equals(GuidanceInterval.ALL);
  }

  /** The same with other tiles left out. */
  public SamplingOptions withFlatTiles(FlatTiles flatTiles) {
    return with(tileBatch, flatTiles);
  }

  /** The same with another tile batch. */
  public SamplingOptions withTileBatch(int tileBatch) {
    return with(tileBatch, flatTiles);
  }

  private SamplingOptions with(int tileBatch, FlatTiles flatTiles) {
    return new SamplingOptions(
        sampler,
        steps,
        eta,
        start,
        startTimestep,
        guidanceScale,
        overlapLatents,
        tileBatch,
        ddimTables,
        gaussianCentre,
        spacing,
        deepCache,
        guidanceInterval,
        flatTiles);
  }

  private static void require(boolean holds, String key, Object value, String range) {
    if (!holds) {
      throw new StableSrException(
          ErrorCode.CONFIG, "%s is %s; it must be in %s.".formatted(key, value, range));
    }
  }
}
