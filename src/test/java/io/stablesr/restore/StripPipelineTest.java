package io.stablesr.restore;

import static org.assertj.core.api.Assertions.assertThat;

import io.stablesr.core.FloatTensor;
import io.stablesr.diffusion.PhiloxNoise;
import io.stablesr.diffusion.SamplerKind;
import io.stablesr.diffusion.SamplingOptions;
import io.stablesr.diffusion.TimestepSpacing;
import io.stablesr.engine.CompileOptions;
import io.stablesr.engine.ComputeDevice;
import io.stablesr.engine.TensorEngine;
import io.stablesr.image.ColorFix;
import io.stablesr.testing.SamplingSetup;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pictures in strips against whole ones, with the embedded model. */
class StripPipelineTest {
  @TempDir private static Path cache;
  @TempDir private Path scratch;
  private static TensorEngine engine;
  private static StableSr model;

  @BeforeAll
  static void load() {
    engine = TensorEngine.open(ComputeDevice.CPU, 1);
    model =
        StableSr.load(
            ModelBundle.open("stablesr-mini", cache),
            engine,
            CompileOptions.EXACT,
            PhiloxNoise::new,
            System::nanoTime);
  }

  @AfterAll
  static void close() {
    if (model != null) {
      model.close();
    }
  }

  /** So small a picture is its own sample. */
  @Test
  void stripsGiveThePictureOfTheWhole() throws IOException {
    FloatTensor input = picture(70, 58);
    UpscaleOptions options = options(ColorFix.WAVELET);
    FloatTensor whole =
        model.upscale(new UpscaleRequest("a", input, options), UpscaleListener.NONE).image();

    UpscaleRequest request = new UpscaleRequest("a", input, options.withStripPixels(1));
    assertThat(model.needsStrips(request)).isTrue();
    CollectedStrips strips = new CollectedStrips(scratch);
    List<Double> decoded = new ArrayList<>();
    UpscaleListener listener =
        new UpscaleListener() {
          @Override
          public void tilesDone(int done, int total) {
            assertThat(decoded).isEmpty();
          }

          @Override
          public void decoded(double share) {
            decoded.add(share);
          }
        };
    UpscaleFacts facts = model.upscaleInStrips(request, listener, strips);

    assertThat(decoded).isSorted().doesNotHaveDuplicates().hasSizeGreaterThan(1).endsWith(1.0);

    assertThat(facts.width()).isEqualTo(232);
    assertThat(facts.height()).isEqualTo(280);
    assertThat(facts.stageMillis())
        .containsOnlyKeys("resize", "vae-encode", "sample", "vae-decode", "color-fix");
    Levels levels = Levels.between(strips.picture(), whole);
    System.out.println(levels);
    assertThat(levels.largest()).isLessThan(0.1);
    try (var left = Files.list(scratch)) {
      assertThat(left).isEmpty();
    }
    assertThat(engine.liveTensors()).isZero();
  }

  private static UpscaleOptions options(ColorFix fix) {
    SamplingOptions sampling =
        SamplingSetup.of(SamplerKind.DDIM, 4)
            .overlapLatents(16)
            .tileBatch(1)
            .spacing(TimestepSpacing.TRAILING)
            .options();
    return new UpscaleOptions(4, sampling, 1, fix, 3, 256, "", "", 42);
  }

  /** Smooth waves with textured patches, 0..1. */
  private static FloatTensor picture(int height, int width) {
    FloatTensor picture = FloatTensor.zeros(3, height, width);
    Random random = new Random(5);
    int i = 0;
    for (int c = 0; c < 3; c++) {
      for (int y = 0; y < height; y++) {
        for (int x = 0; x < width; x++) {
          double value = 0.5 + 0.3 * Math.sin(x / (15.0 + 3 * c)) * Math.cos(y / 20.0 + c);
          if ((x / 24 + y / 16) % 3 == 0) {
            value += 0.1 * Math.sin(x * 0.9 + y * 0.5) + 0.05 * random.nextGaussian();
          }
          picture.data()[i++] = (float) Math.max(0, Math.min(1, value));
        }
      }
    }
    return picture;
  }

  /** Differences of two pictures in levels of 8 bits. */
  record Levels(double mean, double largest) {
    static Levels between(FloatTensor one, FloatTensor other) {
      assertThat(one.shape()).isEqualTo(other.shape());
      double sum = 0;
      double largest = 0;
      for (int i = 0; i < one.size(); i++) {
        double difference = 255 * Math.abs((double) one.data()[i] - other.data()[i]);
        sum += difference;
        largest = Math.max(largest, difference);
      }
      return new Levels(sum / one.size(), largest);
    }
  }

  /** Puts strips together again. */
  static final class CollectedStrips implements StripSink {
    private final Path folder;
    private FloatTensor picture;
    private int rows;

    CollectedStrips(Path folder) {
      this.folder = folder;
    }

    @Override
    public Path scratchFolder() {
      return folder;
    }

    @Override
    public void begin(int width, int height) {
      picture = FloatTensor.zeros(3, height, width);
      rows = 0;
    }

    @Override
    public void write(FloatTensor strip) {
      int height = picture.dim(1);
      int width = picture.dim(2);
      for (int c = 0; c < 3; c++) {
        System.arraycopy(
            strip.data(),
            c * strip.dim(1) * width,
            picture.data(),
            (c * height + rows) * width,
            strip.dim(1) * width);
      }
      rows += strip.dim(1);
    }

    FloatTensor picture() {
      assertThat(rows).isEqualTo(picture.dim(1));
      return picture;
    }
  }
}
