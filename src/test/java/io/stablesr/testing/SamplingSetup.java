package io.stablesr.testing;

import io.stablesr.diffusion.DdimTables;
import io.stablesr.diffusion.DeepCache;
import io.stablesr.diffusion.FlatTiles;
import io.stablesr.diffusion.GaussianCentre;
import io.stablesr.diffusion.GuidanceInterval;
import io.stablesr.diffusion.SamplerKind;
import io.stablesr.diffusion.SamplingOptions;
import io.stablesr.diffusion.StartPoint;
import io.stablesr.diffusion.TimestepSpacing;

/**
 * Sampling options of a test: one image of a full run without guidance in tiles that overlap by 8
 * latents, except for what is set.
 */
public final class SamplingSetup {
  private final SamplerKind sampler;
  private int steps;
  private double eta;
  private StartPoint start = StartPoint.LR_LATENT;
  private int startTimestep = 999;
  private double guidanceScale = 1;
  private int overlapLatents = 8;
  private int tileBatch = 1;
  private DdimTables ddimTables = DdimTables.CONSISTENT;
  private GaussianCentre gaussianCentre = GaussianCentre.SYMMETRIC;
  private TimestepSpacing spacing = TimestepSpacing.LINSPACE;
  private DeepCache deepCache = DeepCache.OFF;
  private GuidanceInterval guidanceInterval = GuidanceInterval.ALL;
  private FlatTiles flatTiles = FlatTiles.OFF;

  private SamplingSetup(SamplerKind sampler, int steps) {
    this.sampler = sampler;
    this.steps = steps;
  }

  /** A setup with these steps. */
  public static SamplingSetup of(SamplerKind sampler, int steps) {
    return new SamplingSetup(sampler, steps);
  }

  /** A setup that starts as {@code options} are. */
  public static SamplingSetup of(SamplingOptions options) {
    return new SamplingSetup(options.sampler(), options.steps())
        .eta(options.eta())
        .start(options.start())
        .startTimestep(options.startTimestep())
        .guidanceScale(options.guidanceScale())
        .overlapLatents(options.overlapLatents())
        .tileBatch(options.tileBatch())
        .ddimTables(options.ddimTables())
        .gaussianCentre(options.gaussianCentre())
        .spacing(options.spacing())
        .deepCache(options.deepCache())
        .guidanceInterval(options.guidanceInterval())
        .flatTiles(options.flatTiles());
  }

  /** The options. */
  public SamplingOptions options() {
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

  /** See {@link SamplingOptions#steps}. */
  public SamplingSetup steps(int value) {
    steps = value;
    return this;
  }

  /** See {@link SamplingOptions#eta}. */
  public SamplingSetup eta(double value) {
    eta = value;
    return this;
  }

  /** See {@link SamplingOptions#start}. */
  public SamplingSetup start(StartPoint value) {
    start = value;
    return this;
  }

  /** See {@link SamplingOptions#startTimestep}. */
  public SamplingSetup startTimestep(int value) {
    startTimestep = value;
    return this;
  }

  /** See {@link SamplingOptions#guidanceScale}. */
  public SamplingSetup guidanceScale(double value) {
    guidanceScale = value;
    return this;
  }

  /** See {@link SamplingOptions#overlapLatents}. */
  public SamplingSetup overlapLatents(int value) {
    overlapLatents = value;
    return this;
  }

  /** See {@link SamplingOptions#tileBatch}. */
  public SamplingSetup tileBatch(int value) {
    tileBatch = value;
    return this;
  }

  /** See {@link SamplingOptions#ddimTables}. */
  public SamplingSetup ddimTables(DdimTables value) {
    ddimTables = value;
    return this;
  }

  /** See {@link SamplingOptions#gaussianCentre}. */
  public SamplingSetup gaussianCentre(GaussianCentre value) {
    gaussianCentre = value;
    return this;
  }

  /** See {@link SamplingOptions#spacing}. */
  public SamplingSetup spacing(TimestepSpacing value) {
    spacing = value;
    return this;
  }

  /** See {@link SamplingOptions#deepCache}. */
  public SamplingSetup deepCache(DeepCache value) {
    deepCache = value;
    return this;
  }

  /** See {@link SamplingOptions#flatTiles}. */
  public SamplingSetup flatTiles(FlatTiles value) {
    flatTiles = value;
    return this;
  }

  /** See {@link SamplingOptions#guidanceInterval}. */
  public SamplingSetup guidanceInterval(GuidanceInterval value) {
    guidanceInterval = value;
    return this;
  }
}
