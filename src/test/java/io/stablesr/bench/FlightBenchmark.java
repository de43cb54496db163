package io.stablesr.bench;

import io.stablesr.core.FloatTensor;
import io.stablesr.diffusion.PhiloxNoise;
import io.stablesr.diffusion.SamplerKind;
import io.stablesr.diffusion.TimestepSpacing;
import io.stablesr.engine.CompileOptions;
import io.stablesr.engine.ComputeDevice;
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
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Upscales pictures one at a time and several at a time and prints images per second. Arguments:
 * bundle, pictures, images in flight, tile batch, {@code mixed} or the side of all pictures, steps.
 */
public final class FlightBenchmark {
  private static final int ROUNDS = 2;

  private FlightBenchmark() {}

  /** Prints a line per round and way. */
  public static void main(String[] args) throws InterruptedException, ExecutionException {
    int inFlight = Integer.parseInt(args[2]);
    List<UpscaleRequest> requests = requests(args);
    try (StableSr alone = open(args[0], TileSharing.WITHIN_IMAGE);
        StableSr shared = open(args[0], TileSharing.ACROSS_IMAGES)) {
      // Compiles the networks.
      time(alone, requests.subList(0, 1), 1);
      time(shared, requests.subList(0, 1), 1);
      for (int round = 1; round <= ROUNDS; round++) {
        double one = requests.size() / time(alone, requests, 1);
        double many = requests.size() / time(shared, requests, inFlight);
        System.out.printf(
            "round %d: 1 in flight %.3f images/s, %d in flight %.3f images/s, ratio %.2f%n",
            round, one, inFlight, many, many / one);
      }
    }
  }

  private static double time(StableSr model, List<UpscaleRequest> requests, int inFlight)
      throws InterruptedException, ExecutionException {
    ExecutorService images = Executors.newFixedThreadPool(inFlight);
    long start = System.nanoTime();
    List<Future<?>> running = new ArrayList<>();
    for (UpscaleRequest request : requests) {
      running.add(images.submit(() -> model.upscale(request, UpscaleListener.NONE)));
    }
    for (Future<?> image : running) {
      image.get();
    }
    images.shutdown();
    return (System.nanoTime() - start) / 1e9;
  }

  private static List<UpscaleRequest> requests(String[] args) {
    Random random = new Random(7);
    List<UpscaleRequest> requests = new ArrayList<>();
    UpscaleOptions options = options(Integer.parseInt(args[3]), Integer.parseInt(args[5]));
    for (int i = 0; i < Integer.parseInt(args[1]); i++) {
      boolean mixed = args[4].equals("mixed");
      int height = mixed ? 24 + random.nextInt(25) : Integer.parseInt(args[4]);
      int width = mixed ? 24 + random.nextInt(25) : height;
      FloatTensor picture = FloatTensor.zeros(3, height, width);
      for (int k = 0; k < picture.size(); k++) {
        picture.data()[k] = random.nextFloat();
      }
      requests.add(new UpscaleRequest("p" + i, picture, options));
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

  private static StableSr open(String bundle, TileSharing sharing) {
    Path cache = Path.of(System.getProperty("user.home"), ".cache", "stablesr");
    return StableSr.load(
        ModelBundle.open(bundle, cache),
        TensorEngine.open(ComputeDevice.CPU, 2),
        CompileOptions.EXACT,
        sharing,
        PhiloxNoise::new,
        System::nanoTime);
  }
}
