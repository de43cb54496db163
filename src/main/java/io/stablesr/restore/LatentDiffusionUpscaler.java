package io.stablesr.restore;

import io.stablesr.core.ErrorCode;
import io.stablesr.core.FloatTensor;
import io.stablesr.core.StableSrException;
import io.stablesr.core.Words;
import io.stablesr.diffusion.LatentRequest;
import io.stablesr.diffusion.LatentSampler;
import io.stablesr.diffusion.NoiseSchedule;
import io.stablesr.diffusion.NoiseSource;
import io.stablesr.diffusion.Parameterization;
import io.stablesr.diffusion.SamplingListener;
import io.stablesr.diffusion.SamplingOptions;
import io.stablesr.diffusion.StartPoint;
import io.stablesr.diffusion.TileCount;
import io.stablesr.diffusion.TileGrid;
import io.stablesr.engine.TensorEngine;
import io.stablesr.image.Borders;
import io.stablesr.image.Margins;
import io.stablesr.image.PilResize;
import java.util.OptionalLong;
import java.util.function.BiFunction;
import java.util.function.LongSupplier;

/**
 * Upscales with {@link io.stablesr.network.LatentDiffusionSr}: a latent of the input's size is
 * sampled from noise with aggregation over the full canvas, brought to the nearest entries of the
 * codebook and decoded to four times the size, then resized bicubically to the size asked for.
 */
final class LatentDiffusionUpscaler implements Upscaler {
  /** Side of the latents that the network was trained on. */
  static final int TILE_LATENTS = 64;

  private final String modelId;
  private final TensorEngine engine;
  private final LatentDiffusionNetworks networks;
  private final NoiseSchedule schedule = NoiseSchedule.scaledLinear(0.0015, 0.0155, 1000);
  private final BiFunction<Long, String, NoiseSource> noise;
  private final LongSupplier nanoTime;

  /**
   * @param engine closed with this
   * @param networks closed with this
   * @param noise noise of an image under a seed
   */
  LatentDiffusionUpscaler(
      String modelId,
      TensorEngine engine,
      LatentDiffusionNetworks networks,
      BiFunction<Long, String, NoiseSource> noise,
      LongSupplier nanoTime) {
    this.modelId = modelId;
    this.engine = engine;
    this.networks = networks;
    this.noise = noise;
    this.nanoTime = nanoTime;
  }

  @Override
  public String modelId() {
    return modelId;
  }

  @Override
  public void check(UpscaleOptions options) {
    options.preClean().requireOff(UpscaleMethod.LDM);
    SamplingOptions sampling = options.sampling();
    if (sampling.guided()) {
      throw refused("sampling.guidance-scale", sampling.guidanceScale(), "1: it has no prompt");
    }
    if (sampling.deepCache().active()) {
      throw refused(
          "sampling.deep-cache-interval",
          sampling.deepCache().interval(),
          "1: every step evaluates the whole network");
    }
    if (sampling.flatTiles().active()) {
      throw refused(
          "sampling.flat-tile-roughness",
          sampling.flatTiles().roughness(),
          "0: the input is no latent that a tile could keep");
    }
    if (sampling.start() != StartPoint.PURE_NOISE) {
      throw refused(
          "sampling.start",
          Words.of(sampling.start()),
          "pure-noise: the input is seen at every step and is no latent");
    }
    sampling.sampler(schedule, new Parameterization.Eps());
    int canvas = 2 * TILE_LATENTS;
    new TileGrid(canvas, canvas, TILE_LATENTS, sampling.overlapLatents()).tiles();
    networks.requireRoom(options.vaeTilePixels());
  }

  private static StableSrException refused(String key, Object value, String wanted) {
    return new StableSrException(
        ErrorCode.CONFIG,
        "%s is %s; with model.method ldm it must be %s.".formatted(key, value, wanted));
  }

  @Override
  public OptionalLong gpuBytes() {
    return engine.gpuBytes();
  }

  @Override
  public UpscaleResult upscale(UpscaleRequest request, UpscaleListener listener) {
    UpscaleOptions options = request.options();
    FloatTensor image = request.image();
    LatentDiffusionMemory.of(image.dim(2), image.dim(1), options.scale(), networks.network())
        .requireHeap(Runtime.getRuntime().maxMemory());
    StageTimer timer = new StageTimer(nanoTime);
    FloatTensor picture = padded(image);
    LatentRequest latent =
        LatentRequest.of(
            picture, options.sampling(), noise.apply(options.seed(), request.imageId()));
    FloatTensor sampled;
    TileCount count;
    try (PromptedDenoiser denoiser = networks.predictor(options.sampling().tileBatch())) {
      LatentSampler sampler =
          new LatentSampler(schedule, new Parameterization.Eps(), TILE_LATENTS, denoiser);
      sampled =
          sampler.sample(
              latent,
              new SamplingListener() {
                @Override
                public void tilesDone(int done, int total) {
                  listener.tilesDone(done, total);
                }
              });
      count = sampler.count(picture, options.sampling());
    }
    timer.end("sample");
    FloatTensor result = decoded(sampled, image, options.vaeTilePixels());
    timer.end("vae-decode");
    int height = (int) Math.max(1, Math.round(image.dim(1) * options.scale()));
    int width = (int) Math.max(1, Math.round(image.dim(2) * options.scale()));
    if (result.dim(1) != height || result.dim(2) != width) {
      result = PilResize.bicubicFloats(result, height, width);
      RestorationRunner.clamp(result);
      timer.end("resize");
    }
    return new UpscaleResult(result, count.tiles(), count.evaluations(), timer.millis());
  }

  /**
   * The input in -1..1, reflected to whole multiples at the right and bottom: {@code [1,3,h,w]}.
   */
  private FloatTensor padded(FloatTensor image) {
    int unit = networks.network().alignment();
    FloatTensor picture = image.copy();
    WorkGeometry.toNetworkRange(picture);
    picture =
        Borders.reflectPad(
            picture,
            Margins.bottomRight(
                Math.floorMod(-image.dim(1), unit), Math.floorMod(-image.dim(2), unit)));
    return picture.reshape(1, 3, picture.dim(1), picture.dim(2));
  }

  private FloatTensor decoded(FloatTensor sampled, FloatTensor image, int tilePixels) {
    int factor = networks.network().scale();
    FloatTensor picture = networks.decode(sampled, tilePixels);
    picture = picture.reshape(3, picture.dim(2), picture.dim(3));
    StableSr.requireFinite(picture);
    FloatTensor result = Borders.crop(picture, 0, 0, factor * image.dim(1), factor * image.dim(2));
    float[] values = result.data();
    for (int i = 0; i < values.length; i++) {
      values[i] = Math.max(0, Math.min(1, (values[i] + 1) / 2));
    }
    return result;
  }

  @Override
  public void close() {
    networks.close();
    engine.close();
  }
}
