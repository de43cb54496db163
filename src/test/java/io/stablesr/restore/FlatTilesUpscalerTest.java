package io.stablesr.restore;

import static org.assertj.core.api.Assertions.assertThat;

import io.stablesr.core.FloatTensor;
import io.stablesr.diffusion.FlatTiles;
import io.stablesr.diffusion.PhiloxNoise;
import io.stablesr.diffusion.SamplerKind;
import io.stablesr.diffusion.TimestepSpacing;
import io.stablesr.engine.CompileOptions;
import io.stablesr.engine.ComputeDevice;
import io.stablesr.engine.TensorEngine;
import io.stablesr.image.ColorFix;
import io.stablesr.testing.SamplingSetup;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The embedded model over a picture of three tiles, of which two are a plain wall. */
class FlatTilesUpscalerTest {
  private static final int HEIGHT = 16;
  private static final int WIDTH = 352;

  /** Two of the three tiles, which end at columns 156 and 300, lie before it. */
  private static final int WALL = 330;

  @TempDir private Path cache;

  private static FloatTensor wallAndLeaves() {
    SplittableRandom random = new SplittableRandom(8);
    FloatTensor picture = FloatTensor.zeros(3, HEIGHT, WIDTH);
    for (int i = 0; i < picture.size(); i++) {
      picture.data()[i] = i % WIDTH < WALL ? 0.5f : (float) random.nextDouble();
    }
    return picture;
  }

  private static UpscaleRequest request(FlatTiles flat) {
    return new UpscaleRequest(
        "a",
        wallAndLeaves(),
        new UpscaleOptions(
            4,
            SamplingSetup.of(SamplerKind.DDIM, 3)
                .spacing(TimestepSpacing.TRAILING)
                .overlapLatents(16)
                .flatTiles(flat)
                .options(),
            0.5,
            ColorFix.ADAIN,
            5,
            1024,
            "",
            "",
            42));
  }

  @Test
  void theWallIsNotSampledAndStaysAWall() {
    try (TensorEngine engine = TensorEngine.open(ComputeDevice.CPU, 1);
        StableSr model =
            StableSr.load(
                ModelBundle.open("stablesr-mini", cache),
                engine,
                CompileOptions.EXACT,
                PhiloxNoise::new,
                System::nanoTime)) {
      UpscaleResult all = model.upscale(request(FlatTiles.OFF), UpscaleListener.NONE);
      UpscaleResult some = model.upscale(request(new FlatTiles(0.1)), UpscaleListener.NONE);

      assertThat(all.tiles()).isEqualTo(3);
      assertThat(all.networkCalls()).isEqualTo(9);
      assertThat(some.tiles()).isEqualTo(3);
      assertThat(some.networkCalls()).isEqualTo(3);
      // The third tile begins at column 784 of the result.
      assertThat(spread(some.image(), 0, 780))
          .isLessThan(4.0 / 255)
          .isLessThan(spread(all.image(), 0, 780));
      assertThat(spread(some.image(), 4 * WALL, 4 * WIDTH)).isGreaterThan(0.2);
      assertThat(engine.liveTensors()).isZero();
    }
  }

  /** Largest less smallest value of the first channel between two columns. */
  private static double spread(FloatTensor picture, int from, int to) {
    double least = 1;
    double most = 0;
    for (int row = 0; row < picture.dim(1); row++) {
      int start = row * picture.dim(2);
      float[] part = Arrays.copyOfRange(picture.data(), start + from, start + to);
      for (float value : part) {
        least = Math.min(least, value);
        most = Math.max(most, value);
      }
    }
    return most - least;
  }
}
