package io.stablesr.bench;

import io.stablesr.core.FloatTensor;
import io.stablesr.diffusion.PhiloxNoise;
import io.stablesr.diffusion.SamplerKind;
import io.stablesr.diffusion.TimestepSpacing;
import io.stablesr.engine.CompileOptions;
import io.stablesr.engine.ComputeDevice;
import io.stablesr.engine.Precision;
import io.stablesr.engine.ProcessorUse;
import io.stablesr.engine.TensorEngine;
import io.stablesr.image.ColorFix;
import io.stablesr.restore.ModelBundle;
import io.stablesr.restore.StableSr;
import io.stablesr.restore.TileSharing;
import io.stablesr.restore.UpscaleListener;
import io.stablesr.restore.UpscaleOptions;
import io.stablesr.restore.UpscaleRequest;
import io.stablesr.testing.SamplingSetup;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Pictures through a model, one at a time and several at a time. */
final class FlightRuns implements AutoCloseable {
  /** One picture after the other, each call with all threads. */
  static final String ONE_BY_ONE = "one at a time, calls with all threads";

  /** As many pictures as threads, and small calls with one thread each. */
  static final String BESIDE = "a picture per thread, threads by size";

  private final List<UpscaleRequest> requests;
  private final Map<String, Runnable> ways = new LinkedHashMap<>();
  private final List<StableSr> models = new ArrayList<>();

  /**
   * @param threads of libtorch
   * @param smallCallGflop calls of so much work have one thread
   * @param inFlight pictures in flight where they share calls
   */
  FlightRuns(
      String bundle,
      Precision precision,
      int threads,
      double smallCallGflop,
      int inFlight,
      List<UpscaleRequest> requests) {
    this.requests = requests;
    ProcessorUse turns = ProcessorUse.turns(threads);
    ProcessorUse bySize = new ProcessorUse(threads, 1, smallCallGflop);
    StableSr alone = open(bundle, precision, TileSharing.WITHIN_IMAGE, turns);
    StableSr beside = open(bundle, precision, TileSharing.WITHIN_IMAGE, bySize);
    StableSr shared = open(bundle, precision, TileSharing.ACROSS_IMAGES, turns);
    StableSr both = open(bundle, precision, TileSharing.ACROSS_IMAGES, bySize);
    ways.put(ONE_BY_ONE, () -> upscale(alone, 1));
    ways.put("one at a time, threads by size", () -> upscale(beside, 1));
    ways.put(BESIDE, () -> upscale(beside, threads));
    ways.put(
        inFlight + " in flight, shared calls with all threads", () -> upscale(shared, inFlight));
    ways.put(inFlight + " in flight, shared calls, threads by size", () -> upscale(both, inFlight));
  }

  /** The ways by their names, the base first. */
  Map<String, Runnable> ways() {
    return ways;
  }

  private void upscale(StableSr model, int inFlight) {
    ExecutorService images = Executors.newFixedThreadPool(inFlight);
    try {
      List<CompletableFuture<Void>> running = new ArrayList<>();
      for (UpscaleRequest request : requests) {
        running.add(
            CompletableFuture.runAsync(() -> model.upscale(request, UpscaleListener.NONE), images));
      }
      running.forEach(CompletableFuture::join);
    } finally {
      images.shutdown();
    }
  }

  /**
   * Pictures of noise.
   *
   * @param sidePixels of all; 0 for sides of 24 to 96 pixels
   */
  static List<UpscaleRequest> pictures(int count, int sidePixels, int tileBatch, int steps) {
    Random random = new Random(7);
    List<UpscaleRequest> requests = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int height = sidePixels == 0 ? 24 + random.nextInt(73) : sidePixels;
      int width = sidePixels == 0 ? 24 + random.nextInt(73) : sidePixels;
      FloatTensor picture = FloatTensor.zeros(3, height, width);
      for (int k = 0; k < picture.size(); k++) {
        picture.data()[k] = random.nextFloat();
      }
      requests.add(new UpscaleRequest("p" + i, picture, options(tileBatch, steps)));
    }
    return requests;
  }

  private static UpscaleOptions options(int tileBatch, int steps) {
    return new UpscaleOptions(
        4,
        SamplingSetup.of(SamplerKind.DDIM, steps)
            .overlapLatents(16)
            .tileBatch(tileBatch)
            .spacing(TimestepSpacing.TRAILING)
            .options(),
        1,
        ColorFix.WAVELET,
        3,
        1024,
        "",
        "",
        42);
  }

  private StableSr open(String bundle, Precision precision, TileSharing sharing, ProcessorUse use) {
    Path cache = Path.of(System.getProperty("user.home"), ".cache", "stablesr");
    StableSr model =
        StableSr.load(
            ModelBundle.open(bundle, cache),
            TensorEngine.open(ComputeDevice.CPU, use),
            CompileOptions.recommended(ComputeDevice.CPU, precision),
            sharing,
            PhiloxNoise::new,
            System::nanoTime);
    models.add(model);
    return model;
  }

  @Override
  public void close() {
    models.forEach(StableSr::close);
  }
}
