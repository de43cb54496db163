package io.stablesr.bench;

import io.stablesr.bench.Turns.Taken;
import io.stablesr.core.FloatTensor;
import io.stablesr.diffusion.DeepCache;
import io.stablesr.diffusion.PhiloxNoise;
import io.stablesr.diffusion.SamplerKind;
import io.stablesr.diffusion.TimestepSpacing;
import io.stablesr.engine.ComputeDevice;
import io.stablesr.engine.TensorEngine;
import io.stablesr.image.ColorFix;
import io.stablesr.image.DecodeLimits;
import io.stablesr.image.ImageDecoder;
import io.stablesr.restore.ModelBundle;
import io.stablesr.restore.StableSr;
import io.stablesr.restore.UpscaleListener;
import io.stablesr.restore.UpscaleOptions;
import io.stablesr.restore.UpscaleRequest;
import io.stablesr.testing.SamplingSetup;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Processor seconds of whole pictures with the embedded model in bf16, with deep features reused at
 * several intervals, in turn. Arguments: a folder of pictures, how many of them, threads.
 */
public final class ReuseBenchmark {
  private static final List<Integer> STEPS = List.of(20, 50);
  private static final List<DeepCache> CACHES =
      List.of(
          DeepCache.OFF,
          new DeepCache(2, 1),
          new DeepCache(3, 1),
          new DeepCache(5, 1),
          new DeepCache(3, 2));

  private ReuseBenchmark() {}

  /** Prints a line per number of steps and interval. */
  public static void main(String[] args) throws IOException {
    List<UpscaleRequest> pictures = pictures(Path.of(args[0]), Integer.parseInt(args[1]));
    try (StableSr model =
        StableSr.load(
            ModelBundle.open("stablesr-mini", Files.createTempDirectory("reuse")),
            TensorEngine.open(ComputeDevice.CPU, Integer.parseInt(args[2])),
            NetworkRun.BF16,
            PhiloxNoise::new,
            System::nanoTime)) {
      for (int steps : STEPS) {
        Map<String, Runnable> work = new LinkedHashMap<>();
        for (DeepCache cache : CACHES) {
          work.put(
              "%d steps, interval %d, %d blocks".formatted(steps, cache.interval(), cache.blocks()),
              () -> pictures.forEach(picture -> upscale(model, picture, steps, cache)));
        }
        Map<String, Taken> taken = Turns.measure(work, 1);
        Taken whole = taken.values().iterator().next();
        taken.forEach(
            (name, here) ->
                System.out.printf(
                    "%-32s %7.2f processor s per picture  %7.2f s  speed %.2f%n",
                    name,
                    here.processorSeconds() / pictures.size(),
                    here.seconds() / pictures.size(),
                    here.speedOver(whole)));
      }
    }
  }

  private static void upscale(
      StableSr model, UpscaleRequest picture, int steps, DeepCache deepCache) {
    UpscaleOptions options =
        picture
            .options()
            .withSampling(
                SamplingSetup.of(SamplerKind.DDIM, steps)
                    .overlapLatents(16)
                    .spacing(TimestepSpacing.TRAILING)
                    .deepCache(deepCache)
                    .options());
    model.upscale(
        new UpscaleRequest(picture.imageId(), picture.image(), options), UpscaleListener.NONE);
  }

  private static List<UpscaleRequest> pictures(Path folder, int count) throws IOException {
    ImageDecoder decoder = new ImageDecoder(DecodeLimits.defaults());
    UpscaleOptions options =
        new UpscaleOptions(
            4,
            SamplingSetup.of(SamplerKind.DDIM, 1).options(),
            0.5,
            ColorFix.ADAIN,
            5,
            1024,
            "",
            "",
            42);
    List<UpscaleRequest> pictures = new ArrayList<>();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.sorted().limit(count).toList()) {
        FloatTensor rgb =
            decoder.decode(file.getFileName().toString(), Files.readAllBytes(file)).rgb();
        pictures.add(new UpscaleRequest(file.getFileName().toString(), rgb, options));
      }
    }
    return pictures;
  }
}
