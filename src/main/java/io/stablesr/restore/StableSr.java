package io.stablesr.restore;

import io.stablesr.checkpoint.KeyCheck;
import io.stablesr.checkpoint.Weights;
import io.stablesr.core.ErrorCode;
import io.stablesr.core.FloatTensor;
import io.stablesr.core.StableSrException;
import io.stablesr.diffusion.FlatTiles;
import io.stablesr.diffusion.LatentRequest;
import io.stablesr.diffusion.LatentSampler;
import io.stablesr.diffusion.NoiseSchedule;
import io.stablesr.diffusion.NoiseSource;
import io.stablesr.diffusion.Parameterization;
import io.stablesr.diffusion.ReferenceGuidance;
import io.stablesr.diffusion.SamplingListener;
import io.stablesr.diffusion.SamplingOptions;
import io.stablesr.diffusion.TileCount;
import io.stablesr.diffusion.TileGrid;
import io.stablesr.diffusion.TilePredictor;
import io.stablesr.diffusion.Window;
import io.stablesr.engine.CompileOptions;
import io.stablesr.engine.TensorEngine;
import io.stablesr.image.ColorCorrection;
import io.stablesr.image.ColorFix;
import io.stablesr.restore.MemoryPlan.Way;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.function.BiFunction;
import java.util.function.LongSupplier;

/**
 * The whole pipeline (StableSR, section 3): enlarge, encode, sample with aggregation over the full
 * canvas, decode with controllable feature wrapping, correct colours. Any input size, any scale.
 */
public final class StableSr implements Upscaler {
  /** Share of the steps at the end in which a reference does not pull. */
  private static final double FREE_SHARE = 0.05;

  private final ModelDescription model;
  private final ModelBundle.OpenWeights files;
  private final TensorEngine engine;
  private final NetworkSet networks;
  private final NoiseSchedule schedule;
  private final LatentScaling scaling;
  private final BiFunction<Long, String, NoiseSource> noise;
  private final LongSupplier nanoTime;

  private StableSr(
      ModelDescription model,
      ModelBundle.OpenWeights files,
      TensorEngine engine,
      NetworkSet networks,
      BiFunction<Long, String, NoiseSource> noise,
      LongSupplier nanoTime) {
    this.model = model;
    this.files = files;
    this.engine = engine;
    this.networks = networks;
    this.schedule = model.schedule();
    this.scaling = LatentScaling.of(model);
    this.noise = noise;
    this.nanoTime = nanoTime;
  }

  /**
   * Loads a model.
   *
   * @param engine device; closed with the result
   * @param noise noise of an image under a seed; {@code PhiloxNoise::new} except for parity
   * @param nanoTime clock of the stage timings
   * @throws StableSrException CHECKPOINT_KEYS when weights are missing or of another shape
   */
  public static StableSr load(
      ModelBundle bundle,
      TensorEngine engine,
      CompileOptions options,
      BiFunction<Long, String, NoiseSource> noise,
      LongSupplier nanoTime) {
    return load(bundle, engine, options, TileSharing.WITHIN_IMAGE, noise, nanoTime);
  }

  /** The same with a choice of whose tiles share native calls. */
  public static StableSr load(
      ModelBundle bundle,
      TensorEngine engine,
      CompileOptions options,
      TileSharing sharing,
      BiFunction<Long, String, NoiseSource> noise,
      LongSupplier nanoTime) {
    ModelDescription model = bundle.description();
    ModelBundle.OpenWeights files = bundle.openWeights();
    try {
      requireComplete(model, files.weights());
      NetworkSet networks = new NetworkSet(model, files.weights(), engine, options, sharing);
      return new StableSr(model, files, engine, networks, noise, nanoTime);
    } catch (RuntimeException e) {
      files.close();
      throw e;
    }
  }

  @Override
  public String modelId() {
    return model.modelId();
  }

  @Override
  public void check(UpscaleOptions options) {
    SamplingOptions sampling = options.sampling();
    // Making a sampler and a grid of tiles checks their arguments.
    sampling.sampler(schedule, model.parameterization());
    int canvas = 2 * model.tileLatents();
    new TileGrid(canvas, canvas, model.tileLatents(), sampling.overlapLatents()).tiles();
    networks.check(options);
  }

  @Override
  public OptionalDouble measureGflopsPerSecond() {
    try (PromptedDenoiser denoiser = networks.predictor("", "", 1)) {
      return OptionalDouble.of(new SpeedProbe(model, denoiser, nanoTime).gflopsPerSecond());
    }
  }

  @Override
  public boolean needsStrips(UpscaleRequest request) {
    long pixels = (long) request.image().dim(1) * request.image().dim(2);
    MemoryPlan memory = new MemoryPlan(model, Runtime.getRuntime().maxMemory());
    return memory.decide(pixels, plan(request), request.options()).way() == Way.STRIPS;
  }

  @Override
  public UpscaleFacts upscaleInStrips(
      UpscaleRequest request, UpscaleListener listener, StripSink sink) {
    UpscaleOptions options = request.options();
    StageTimer timer = new StageTimer(nanoTime);
    StripPipeline.Sampling sampling =
        new StripPipeline.Sampling(
            this::sampler,
            noise.apply(options.seed(), request.imageId()),
            progress(listener),
            listener);
    return new StripPipeline(model, networks).run(request, plan(request), sampling, timer, sink);
  }

  private WorkGeometry.Plan plan(UpscaleRequest request) {
    FloatTensor input = request.image();
    return model.geometry().plan(input.dim(1), input.dim(2), request.options().scale());
  }

  private LatentSampler sampler(TilePredictor denoiser) {
    return new LatentSampler(schedule, model.parameterization(), model.tileLatents(), denoiser);
  }

  @Override
  public OptionalLong gpuBytes() {
    return engine.gpuBytes();
  }

  @Override
  public UpscaleResult upscale(UpscaleRequest request, UpscaleListener listener) {
    return upscale(request, listener, Optional.empty());
  }

  /** A prediction relative to the input forgets at the last step what it was drawn to. */
  @Override
  public boolean refinesFaces() {
    return !(model.parameterization() instanceof Parameterization.LrResidual);
  }

  @Override
  public FloatTensor refineFace(UpscaleRequest enlarged, FloatTensor reference) {
    SamplingOptions sampling = enlarged.options().sampling();
    // A face that was enlarged is smooth, and a flat tile would keep it as it is.
    UpscaleOptions options = enlarged.options().withSampling(sampling.withFlatTiles(FlatTiles.OFF));
    UpscaleRequest poor = new UpscaleRequest(enlarged.imageId(), enlarged.image(), options);
    NoiseSource source = noise.apply(options.seed(), poor.imageId() + "#reference");
    FloatTensor picture = model.geometry().enter(reference, plan(poor));
    try (EncodedPicture encoded = networks.encode(batched(picture), options)) {
      FloatTensor moments = encoded.moments();
      Window whole = Window.whole(moments.dim(2), moments.dim(3));
      ReferenceGuidance guidance =
          faceGuidance(scaling.latent(moments, whole, source), options.sampling().steps());
      return upscale(poor, UpscaleListener.NONE, Optional.of(guidance)).image();
    }
  }

  /** As published for 200 steps: the last 10 of them are free. */
  private ReferenceGuidance faceGuidance(FloatTensor reference, int steps) {
    int free = (int) Math.max(1, Math.round(steps * FREE_SHARE));
    return new ReferenceGuidance(reference, 0.5, 10, free, schedule.size(), 1);
  }

  private UpscaleResult upscale(
      UpscaleRequest request, UpscaleListener listener, Optional<ReferenceGuidance> reference) {
    UpscaleOptions options = request.options();
    FloatTensor input = request.image();
    StageTimer timer = new StageTimer(nanoTime);
    WorkGeometry.Plan plan = plan(request);
    FloatTensor picture = model.geometry().enter(input, plan);
    timer.end("resize");
    NoiseSource source = noise.apply(options.seed(), request.imageId());
    try (EncodedPicture encoded = networks.encode(batched(picture), options)) {
      FloatTensor moments = encoded.moments();
      FloatTensor zLr =
          scaling.latent(moments, Window.whole(moments.dim(2), moments.dim(3)), source);
      timer.end("vae-encode");
      SamplingOptions sampling = options.sampling();
      FloatTensor sampled;
      TileCount count;
      // Other images wait for the tiles of this one until its denoiser is closed.
      try (PromptedDenoiser denoiser =
          networks.predictor(options.prompt(), options.negativePrompt(), sampling.tileBatch())) {
        LatentSampler sampler = sampler(denoiser);
        sampled =
            sampler.sample(
                new LatentRequest(zLr, sampling, List.of(source), reference), progress(listener));
        count = sampler.count(zLr, sampling);
      }
      timer.end("sample");
      FloatTensor decoded = networks.decode(encoded, scaling.unscaled(sampled), options);
      timer.end("vae-decode");
      FloatTensor corrected =
          correct(options, decoded.reshape(3, decoded.dim(2), decoded.dim(3)), picture);
      FloatTensor result = model.geometry().leave(corrected, plan);
      requireFinite(result);
      timer.end("color-fix");
      return new UpscaleResult(result, count.tiles(), count.evaluations(), timer.millis());
    }
  }

  private static FloatTensor correct(
      UpscaleOptions options, FloatTensor content, FloatTensor style) {
    return options.colorFix() == ColorFix.WAVELET
        ? ColorCorrection.wavelet(content, style, options.waveletLevels())
        : ColorCorrection.apply(options.colorFix(), content, style);
  }

  private static SamplingListener progress(UpscaleListener listener) {
    return new SamplingListener() {
      @Override
      public void tilesDone(int done, int total) {
        listener.tilesDone(done, total);
      }
    };
  }

  private static FloatTensor batched(FloatTensor picture) {
    return picture.reshape(1, 3, picture.dim(1), picture.dim(2));
  }

  /** Throws NOT_FINITE where the picture holds NaN or infinity. */
  static void requireFinite(FloatTensor result) {
    for (float value : result.data()) {
      if (!Float.isFinite(value)) {
        throw new StableSrException(
            ErrorCode.NOT_FINITE,
            "The decoded picture holds %s; run in fp32 or check the weights.".formatted(value));
      }
    }
  }

  private static void requireComplete(ModelDescription model, Weights weights) {
    KeyCheck.of(BundleKeys.of(model.architecture()).all(), weights)
        .requireComplete("model bundle " + model.name());
  }

  @Override
  public void close() {
    networks.close();
    engine.close();
    files.close();
  }
}
