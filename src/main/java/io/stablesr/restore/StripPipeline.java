package io.stablesr.restore;

import io.stablesr.core.FloatTensor;
import io.stablesr.diffusion.LatentRequest;
import io.stablesr.diffusion.LatentSampler;
import io.stablesr.diffusion.NoiseSource;
import io.stablesr.diffusion.SamplingListener;
import io.stablesr.diffusion.SamplingOptions;
import io.stablesr.diffusion.TileCount;
import io.stablesr.diffusion.TilePredictor;
import io.stablesr.diffusion.Tiles;
import io.stablesr.diffusion.Window;
import io.stablesr.image.PictureFile;
import io.stablesr.image.StripCorrection;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;

/**
 * The way of {@link StableSr} for pictures that are too large for memory: only the input and the
 * latent canvases are whole on the heap. The decoded picture waits in a scratch file, since colours
 * can be corrected only when all of it is there.
 */
final class StripPipeline {
  private final ModelDescription model;
  private final NetworkSet networks;
  private final LatentScaling scaling;
  private final int downsampling;

  StripPipeline(ModelDescription model, NetworkSet networks) {
    this.model = model;
    this.networks = networks;
    this.scaling = LatentScaling.of(model);
    this.downsampling = model.architecture().autoencoder().downsampling();
  }

  /** How the latents of an image are sampled, and who hears of it; {@code noise} is the image's. */
  record Sampling(
      Function<TilePredictor, LatentSampler> sampler,
      NoiseSource noise,
      SamplingListener listener,
      UpscaleListener progress) {}

  /** Upscales one image into {@code sink}. */
  UpscaleFacts run(
      UpscaleRequest request,
      WorkGeometry.Plan plan,
      Sampling sampling,
      StageTimer timer,
      StripSink sink) {
    UpscaleOptions options = request.options();
    WorkPicture source = new WorkPicture(request.image(), plan, downsampling);
    Window canvas =
        Window.whole(plan.paddedHeight() / downsampling, plan.paddedWidth() / downsampling);
    timer.end("resize");
    try (PictureFile decoded =
        new PictureFile(sink.scratchFolder(), plan.paddedHeight(), plan.paddedWidth())) {
      TileCount count = decode(source, canvas, options, sampling, timer, decoded);
      StripCorrection corrected =
          new StripCorrection(options.colorFix(), options.waveletLevels(), decoded, source);
      sink.begin(plan.outWidth(), plan.outHeight());
      int rows =
          StripCorrection.stripRows(
              options.colorFix(), options.waveletLevels(), plan.paddedWidth());
      for (int top = 0; top < plan.outHeight(); top += rows) {
        TileSweep.checkInterrupt();
        FloatTensor strip =
            corrected.rows(plan.margins().top() + top, Math.min(rows, plan.outHeight() - top));
        FloatTensor result = WorkGeometry.leaveStrip(strip, plan);
        StableSr.requireFinite(result);
        sink.write(result);
      }
      timer.end("color-fix");
      return new UpscaleFacts(
          plan.outWidth(),
          plan.outHeight(),
          count.tiles(),
          count.evaluations(),
          timer.millis(),
          List.of("STRIPS: Statistics of normalisations are those of sampled parts."),
          PreCleaning.NONE,
          List.of());
    }
  }

  /** All that needs latents; none of them is reachable any more when this returns. */
  private TileCount decode(
      WorkPicture source,
      Window canvas,
      UpscaleOptions options,
      Sampling sampling,
      StageTimer timer,
      PictureFile decoded) {
    int channels = model.architecture().autoencoder().latentChannels();
    FloatTensor zLr = FloatTensor.zeros(1, channels, canvas.height(), canvas.width());
    PictureStatistics statistics =
        networks.encodeInStrips(
            canvas,
            source,
            options,
            (tile, moments) -> {
              Window core = tile.core();
              FloatTensor part = Tiles.crop(moments, 0, inRegion(tile));
              Tiles.put(scaling.latent(part, core, sampling.noise()), zLr, core);
            });
    timer.end("vae-encode");
    SamplingOptions steps = options.sampling();
    FloatTensor sampled;
    TileCount count;
    // Other images wait for the tiles of this one until its denoiser is closed.
    try (PromptedDenoiser denoiser =
        networks.predictor(options.prompt(), options.negativePrompt(), steps.tileBatch())) {
      LatentSampler sampler = sampling.sampler().apply(denoiser);
      sampled =
          sampler.sampleInBands(
              LatentRequest.of(zLr, steps, sampling.noise()), sampling.listener());
      count = sampler.count(zLr, steps);
    }
    timer.end("sample");
    AtomicLong latentsDecoded = new AtomicLong();
    networks.decodeInStrips(
        canvas,
        source,
        (scope, window) -> scope.upload(scaling.unscaled(Tiles.crop(sampled, 0, window))),
        statistics,
        options,
        (tile, picture) -> {
          Window core = tile.core();
          decoded.write(
              picture, pixels(inRegion(tile)), downsampling * core.y(), downsampling * core.x());
          latentsDecoded.addAndGet((long) core.height() * core.width());
          sampling
              .progress()
              .decoded((double) latentsDecoded.get() / ((long) canvas.height() * canvas.width()));
        });
    timer.end("vae-decode");
    return count;
  }

  private static Window inRegion(TilePlan.Tile tile) {
    Window core = tile.core();
    return new Window(
        core.y() - tile.region().y(), core.x() - tile.region().x(), core.height(), core.width());
  }

  private Window pixels(Window latents) {
    return new Window(
        downsampling * latents.y(),
        downsampling * latents.x(),
        downsampling * latents.height(),
        downsampling * latents.width());
  }
}
