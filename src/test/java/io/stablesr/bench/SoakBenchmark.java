package io.stablesr.bench;

import io.stablesr.core.FloatTensor;
import io.stablesr.diffusion.PhiloxNoise;
import io.stablesr.diffusion.SamplerKind;
import io.stablesr.diffusion.SamplingOptions;
import io.stablesr.diffusion.TimestepSpacing;
import io.stablesr.engine.CompileOptions;
import io.stablesr.engine.ComputeDevice;
import io.stablesr.engine.TensorEngine;
import io.stablesr.image.ColorFix;
import io.stablesr.restore.ModelBundle;
import io.stablesr.restore.StableSr;
import io.stablesr.restore.UpscaleListener;
import io.stablesr.restore.UpscaleOptions;
import io.stablesr.restore.UpscaleRequest;
import io.stablesr.testing.SamplingSetup;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;

/**
 * Upscales many small pictures with the embedded model and prints live tensors and resident memory.
 * Arguments: pictures, threads, and optionally one side in pixels for all of them; without it the
 * sizes change from picture to picture.
 */
public final class SoakBenchmark {
  private SoakBenchmark() {}

  /** Prints a line every tenth of the way. */
  public static void main(String[] args) throws IOException {
    int pictures = Integer.parseInt(args[0]);
    Path cache = Path.of(System.getProperty("user.home"), ".cache", "stablesr");
    TensorEngine engine = TensorEngine.open(ComputeDevice.CPU, Integer.parseInt(args[1]));
    int side = args.length > 2 ? Integer.parseInt(args[2]) : 0;
    Random random = new Random(7);
    try (StableSr model =
        StableSr.load(
            ModelBundle.open("stablesr-mini", cache),
            engine,
            CompileOptions.EXACT,
            PhiloxNoise::new,
            System::nanoTime)) {
      for (int i = 1; i <= pictures; i++) {
        FloatTensor picture = FloatTensor.zeros(3, side(side, random), side(side, random));
        for (int k = 0; k < picture.size(); k++) {
          picture.data()[k] = random.nextFloat();
        }
        model.upscale(new UpscaleRequest("p" + i, picture, options()), UpscaleListener.NONE);
        if (i % Math.max(1, pictures / 10) == 0) {
          System.out.printf(
              "after %4d pictures: %d live tensors, %d MiB resident%n",
              i, engine.liveTensors(), residentMebibytes());
        }
      }
    }
  }

  private static int side(int fixed, Random random) {
    return fixed > 0 ? fixed : 24 + random.nextInt(24);
  }

  private static UpscaleOptions options() {
    SamplingOptions sampling =
        SamplingSetup.of(SamplerKind.DDIM, 4)
            .overlapLatents(16)
            .tileBatch(4)
            .spacing(TimestepSpacing.TRAILING)
            .options();
    return new UpscaleOptions(4, sampling, 1, ColorFix.WAVELET, 3, 1024, "", "", 42);
  }

  private static long residentMebibytes() throws IOException {
    String pages = Files.readString(Path.of("/proc/self/statm")).split(" ", -1)[1];
    return Long.parseLong(pages) * 4096 / (1 << 20);
  }
}
