package io.stablesr.diffusion;

import io.stablesr.core.ErrorCode;
import io.stablesr.core.FloatTensor;
import io.stablesr.core.StableSrException;
import io.stablesr.diffusion.Sampler.Advance;
import io.stablesr.diffusion.Sampler.Denoised;
import io.stablesr.diffusion.Sampler.Past;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * Samples latents over whole canvases: at every step the prediction is aggregated from overlapping
 * tiles, then one step of the sampler is made on the full canvas (StableSR, section 3.3). Holds no
 * state between calls; as safe to share between threads as its {@link TilePredictor}.
 */
public final class LatentSampler {
  /** Latents of a band, all channels of each. */
  private static final int BAND_LATENTS = 1 << 18;

  private final NoiseSchedule schedule;
  private final Parameterization parameterization;
  private final int tileLatents;
  private final TilePredictor network;

  /**
   * A sampler for one model.
   *
   * @param schedule what the model was trained with
   * @param parameterization what its output means
   * @param tileLatents side of a tile in latents; a canvas not larger than this on either axis is
   *     evaluated whole
   * @param network the model
   */
  public LatentSampler(
      NoiseSchedule schedule,
      Parameterization parameterization,
      int tileLatents,
      TilePredictor network) {
    this.schedule = Objects.requireNonNull(schedule, "schedule");
    this.parameterization = Objects.requireNonNull(parameterization, "parameterization");
    this.tileLatents = tileLatents;
    this.network = Objects.requireNonNull(network, "network");
  }

  /**
   * The sampled latents in the shape of {@code request.zLr()}.
   *
   * @throws StableSrException NOT_FINITE when a step yields NaN or infinity; CANCELLED when the
   *     thread is interrupted (its flag stays set); CONFIG when options do not fit together
   */
  public FloatTensor sample(LatentRequest request, SamplingListener listener) {
    FloatTensor zLr = request.zLr();
    Sampler sampler = request.options().sampler(schedule, parameterization);
    StepPlan plan = StepPlan.of(request.options(), schedule);
    CanvasPredictor canvas = new CanvasPredictor(network, sampler, request, plan, tileLatents);
    Progress progress = new Progress(canvas.evaluations(), listener);
    FloatTensor x = start(request);
    Past past = Past.NONE;
    for (int i = sampler.steps() - 1; i >= 0; i--) {
      int step = sampler.steps() - 1 - i;
      int timestep = sampler.timestep(i);
      // Drawn by another thread meanwhile: a GPU, or a small call, leaves processors idle. Where
      // the evaluation fails it ends by itself, soon and unheard.
      CompletableFuture<FloatTensor> drawn =
          sampler.noiseScale(i) == 0
              ? CompletableFuture.completedFuture(null)
              : CompletableFuture.supplyAsync(() -> noise(request, NoiseDraw.step(step)));
      FloatTensor output = canvas.predict(x, zLr, step, progress);
      Denoised denoised = sampler.denoise(i, x, zLr, output);
      if (plan.turnsAt(step)
          || (request.reference().isPresent()
              && request.reference().get().actsAt(i) != request.reference().get().actsAt(i + 1))) {
        // Predictions with and without guidance or a pull do not lie on one curve.
        past = Past.NONE;
      }
      if (request.reference().isPresent() && request.reference().get().actsAt(i)) {
        denoised = sampler.withX0(i, x, request.reference().get().pull(denoised.x0()));
      }
      Advance advance = sampler.advance(i, x, denoised, past, finished(drawn));
      x = advance.x();
      past = advance.past();
      requireFinite(x, step, sampler.steps(), timestep);
      listener.stepDone(step, timestep, x, denoised.x0());
    }
    return x;
  }

  /**
   * The same values as {@link #sample} with less memory: beside the request two canvases instead of
   * six, and those that the sampler keeps, as all that works on single latents goes through the
   * canvas in bands of rows. For one image without reference; {@code listener} hears of tiles only.
   *
   * @throws StableSrException as {@link #sample}
   */
  public FloatTensor sampleInBands(LatentRequest request, SamplingListener listener) {
    FloatTensor zLr = request.zLr();
    if (zLr.dim(0) != 1 || request.reference().isPresent()) {
      throw new IllegalArgumentException("Bands are for one image without reference: " + zLr);
    }
    NoiseSource noise = request.noise().get(0);
    SamplingOptions options = request.options();
    Sampler sampler = options.sampler(schedule, parameterization);
    StepPlan plan = StepPlan.of(request.options(), schedule);
    CanvasPredictor canvas = new CanvasPredictor(network, sampler, request, plan, tileLatents);
    Progress progress = new Progress(canvas.evaluations(), listener);
    FloatTensor x = FloatTensor.zeros(zLr.shape());
    int channels = zLr.dim(1);
    Map<Window, Past> pasts = new HashMap<>();
    for (Window band : bands(zLr)) {
      FloatTensor start = noise.normal(NoiseDraw.START, channels, band);
      if (options.start() == StartPoint.LR_LATENT) {
        start = schedule.noised(Tiles.crop(zLr, 0, band), start, options.startTimestep());
      }
      Tiles.put(start, x, band);
    }
    for (int i = sampler.steps() - 1; i >= 0; i--) {
      int step = sampler.steps() - 1 - i;
      int timestep = sampler.timestep(i);
      FloatTensor output = canvas.predict(x, zLr, step, progress);
      if (plan.turnsAt(step)) {
        pasts.clear();
      }
      for (Window band : bands(zLr)) {
        FloatTensor part = Tiles.crop(x, 0, band);
        Denoised denoised =
            sampler.denoise(i, part, Tiles.crop(zLr, 0, band), Tiles.crop(output, 0, band));
        FloatTensor fresh =
            sampler.noiseScale(i) == 0 ? null : noise.normal(NoiseDraw.step(step), channels, band);
        Advance advance =
            sampler.advance(i, part, denoised, pasts.getOrDefault(band, Past.NONE), fresh);
        requireFinite(advance.x(), step, sampler.steps(), timestep);
        Tiles.put(advance.x(), x, band);
        pasts.put(band, advance.past());
      }
    }
    return x;
  }

  private static List<Window> bands(FloatTensor canvas) {
    int rows = Math.max(1, BAND_LATENTS / canvas.dim(3));
    List<Window> bands = new ArrayList<>();
    for (int y = 0; y < canvas.dim(2); y += rows) {
      bands.add(new Window(y, 0, Math.min(rows, canvas.dim(2) - y), canvas.dim(3)));
    }
    return bands;
  }

  /**
   * Tiles and evaluations of one image.
   *
   * @param zLr what stands for its low-resolution latent, {@code [1,C,h,w]}; it tells flat tiles
   */
  public TileCount count(FloatTensor zLr, SamplingOptions options) {
    List<Window> windows =
        new TileGrid(zLr.dim(2), zLr.dim(3), tileLatents, options.overlapLatents()).tiles();
    int sampled = windows.size() - options.flatTiles().among(windows, zLr, 0).size();
    int evaluations = StepPlan.of(options, schedule).evaluations();
    return new TileCount(windows.size(), Math.multiplyExact(sampled, evaluations));
  }

  private FloatTensor start(LatentRequest request) {
    FloatTensor noise = noise(request, NoiseDraw.START);
    return switch (request.options().start()) {
      case PURE_NOISE -> noise;
      case LR_LATENT -> schedule.noised(request.zLr(), noise, request.options().startTimestep());
    };
  }

  private static FloatTensor noise(LatentRequest request, NoiseDraw draw) {
    FloatTensor zLr = request.zLr();
    FloatTensor noise = FloatTensor.zeros(zLr.shape());
    Window window = Window.whole(zLr.dim(2), zLr.dim(3));
    int imageSize = zLr.size() / zLr.dim(0);
    for (int image = 0; image < zLr.dim(0); image++) {
      FloatTensor part = request.noise().get(image).normal(draw, zLr.dim(1), window);
      System.arraycopy(part.data(), 0, noise.data(), image * imageSize, imageSize);
    }
    return noise;
  }

  private static FloatTensor finished(CompletableFuture<FloatTensor> drawn) {
    try {
      return drawn.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof Error error) {
        throw error;
      }
      throw e.getCause() instanceof RuntimeException cause ? cause : e;
    }
  }

  private static void requireFinite(FloatTensor x, int step, int steps, int timestep) {
    int imageSize = x.size() / x.dim(0);
    for (int i = 0; i < x.size(); i++) {
      if (!Float.isFinite(x.data()[i])) {
        throw new StableSrException(
            ErrorCode.NOT_FINITE,
            "The latent of image %d holds %s after step %d of %d (timestep %d); run in fp32 or check the weights."
                .formatted(i / imageSize, x.data()[i], step + 1, steps, timestep));
      }
    }
  }

  private static final class Progress implements CanvasPredictor.BatchListener {
    private final int total;
    private final SamplingListener listener;
    private int done;

    Progress(int total, SamplingListener listener) {
      this.total = total;
      this.listener = listener;
    }

    @Override
    public void batchDone(int evaluations) {
      done += evaluations;
      listener.tilesDone(done, total);
    }
  }
}
