package io.stablesr.bench;

import com.sun.management.OperatingSystemMXBean;
import io.stablesr.core.FloatTensor;
import io.stablesr.diffusion.PhiloxNoise;
import io.stablesr.diffusion.SamplerKind;
import io.stablesr.diffusion.TimestepSpacing;
import io.stablesr.engine.CompileOptions;
import io.stablesr.engine.ComputeDevice;
import io.stablesr.engine.TensorEngine;
import io.stablesr.image.ColorFix;
import io.stablesr.network.Architecture;
import io.stablesr.restore.ModelBundle;
import io.stablesr.restore.StableSr;
import io.stablesr.restore.SyntheticModelFolder;
import io.stablesr.restore.TileSharing;
import io.stablesr.restore.UpscaleListener;
import io.stablesr.restore.UpscaleOptions;
import io.stablesr.restore.UpscaleRequest;
import io.stablesr.restore.WorkGeometry;
import io.stablesr.testing.SamplingSetup;
import io.stablesr.testing.TinyModel;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Upscales pictures one at a time and several at a time and prints images per second, and processor
 * seconds per image, which other work on the machine disturbs less. Arguments: bundle ({@code
 * tiny}: a synthetic one of narrow widths with tiles of 64 latents), pictures, images in flight,
 * tile batch, {@code mixed} or the side of all pictures, steps.
 */
public final class FlightBenchmark {
  private static final int ROUNDS = 2;

  private FlightBenchmark() {}

  /** Prints a line per round and way. */
  public static void main(String[] args)
      throws IOException, InterruptedException, ExecutionException {
    int inFlight = Integer.parseInt(args[2]);
    List<UpscaleRequest> requests = requests(args);
    String bundle = args[0].equals("tiny") ? tiny() : args[0];
    try (StableSr alone = open(bundle, TileSharing.WITHIN_IMAGE);
        StableSr shared = open(bundle, TileSharing.ACROSS_IMAGES)) {
      // Compiles the networks.
      time(alone, requests.subList(0, 1), 1);
      time(shared, requests.subList(0, 1), 1);
      for (int round = 1; round <= ROUNDS; round++) {
        Times one = time(alone, requests, 1);
        Times many = time(shared, requests, inFlight);
        System.out.printf(
            "round %d: 1 in flight %s, %d in flight %s%n", round, one, inFlight, many);
      }
    }
  }

  private static String tiny() throws IOException {
    Path folder = Files.createTempDirectory("tiny").resolve("bundle");
    Architecture tiny = TinyModel.ARCHITECTURE;
    SyntheticModelFolder.write(
        folder,
        new Architecture(
            tiny.unet(), tiny.conditionEncoder(), tiny.autoencoder(), Optional.empty()),
        64,
        new WorkGeometry(512, 0, 32));
    return folder.toString();
  }

  private record Times(int images, long elapsedNanos, long processorNanos) {
    @Override
    public String toString() {
      return "%.3f images/s, %.2f processor seconds per image"
          .formatted(images * 1e9 / elapsedNanos, processorNanos / 1e9 / images);
    }
  }

  private static Times time(StableSr model, List<UpscaleRequest> requests, int inFlight)
      throws InterruptedException, ExecutionException {
    OperatingSystemMXBean system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
    ExecutorService images = Executors.newFixedThreadPool(inFlight);
    long start = System.nanoTime();
    long processor = system.getProcessCpuTime();
    List<Future<?>> running = new ArrayList<>();
    for (UpscaleRequest request : requests) {
      running.add(images.submit(() -> model.upscale(request, UpscaleListener.NONE)));
    }
    for (Future<?> image : running) {
      image.get();
    }
    images.shutdown();
    return new Times(
        requests.size(), System.nanoTime() - start, system.getProcessCpuTime() - processor);
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
