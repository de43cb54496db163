package io.stablesr.restore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stablesr.core.ErrorCode;
import io.stablesr.core.FloatTensor;
import io.stablesr.core.StableSrException;
import io.stablesr.diffusion.PhiloxNoise;
import io.stablesr.diffusion.SamplerKind;
import io.stablesr.diffusion.SamplingOptions;
import io.stablesr.diffusion.TimestepSpacing;
import io.stablesr.engine.CompileOptions;
import io.stablesr.engine.ComputeDevice;
import io.stablesr.engine.TensorEngine;
import io.stablesr.image.ColorFix;
import io.stablesr.testing.Differences;
import io.stablesr.testing.SamplingSetup;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The pipeline with the embedded model. */
class StableSrTest {
  @TempDir private static Path cache;
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

  @ParameterizedTest
  @CsvSource({
    "1, 1, 4, 4, 4",
    "1, 37, 4, 4, 148",
    "23, 9, 4, 92, 36",
    "20, 31, 1.5, 30, 47",
    "40, 30, 0.3, 12, 9",
    "7, 5, 2.3, 16, 12"
  })
  void anySizeAndScaleGivesTheRoundedSize(
      int height, int width, double scale, int outHeight, int outWidth) {
    UpscaleResult result =
        model.upscale(
            new UpscaleRequest("size", picture(height, width, 1), options(scale, 1, 42)),
            UpscaleListener.NONE);

    assertThat(result.image().shape()).containsExactly(3, outHeight, outWidth);
    for (float value : result.image().data()) {
      assertThat(value).isBetween(0f, 1f);
    }
  }

  @Test
  void anImageThatWouldGrowBeyondOneArrayIsRefused() {
    assertThatThrownBy(() -> new WorkGeometry(512, 0, 32).plan(1, 5_000_000, 4))
        .isInstanceOf(StableSrException.class)
        .hasMessageContaining(
            "An image of 5000000 x 1 would be worked on at 2560000000 x 512 pixels")
        .hasMessageContaining("so that its shorter side holds a tile");
  }

  @Test
  void theResultDependsOnSeedAndIdentityAlone() {
    FloatTensor input = picture(24, 20, 7);
    FloatTensor first = upscale("a", input, 1, 42);

    assertThat(upscale("a", input, 1, 42).data()).isEqualTo(first.data());
    assertThat(upscale("a", input, 1, 43).data()).isNotEqualTo(first.data());
    assertThat(upscale("b", input, 1, 42).data()).isNotEqualTo(first.data());
  }

  @Test
  void tilesInOneCallGiveTheSameAsTilesOneByOne() {
    FloatTensor input = picture(170, 40, 3);

    FloatTensor together = upscale("a", input, 4, 42);
    FloatTensor single = upscale("a", input, 1, 42);

    assertThat(Differences.maxAbs(together, single)).isLessThan(1e-4);
  }

  @Test
  void anEvenPictureStaysEven() {
    FloatTensor input = FloatTensor.zeros(3, 24, 24);
    java.util.Arrays.fill(input.data(), 0.5f);

    FloatTensor result = upscale("even", input, 1, 42);

    for (float value : result.data()) {
      assertThat(value).isBetween(0.4f, 0.6f);
    }
  }

  @Test
  void progressCountsEveryTileOfEveryStep() {
    List<String> heard = new ArrayList<>();

    UpscaleResult result =
        model.upscale(
            new UpscaleRequest("p", picture(16, 16, 1), options(4, 1, 1)),
            (done, total) -> heard.add(done + "/" + total));

    assertThat(heard).containsExactly("1/4", "2/4", "3/4", "4/4");
    assertThat(result.tiles()).isEqualTo(1);
    assertThat(result.networkCalls()).isEqualTo(4);
    assertThat(result.stageMillis())
        .containsOnlyKeys("resize", "vae-encode", "sample", "vae-decode", "color-fix");
  }

  @Test
  void noTensorOutlivesItsImage() {
    for (int i = 0; i < 3; i++) {
      upscale("leak" + i, picture(16, 16, i), 1, 42);
      assertThat(engine.liveTensors()).isZero();
    }
  }

  @Test
  void guidanceWithoutTextEncoderIsAClearError() {
    UpscaleOptions plain = options(4, 1, 42);
    UpscaleOptions guided =
        new UpscaleOptions(
            plain.scale(),
            SamplingSetup.of(plain.sampling()).guidanceScale(7).options(),
            plain.fusionWeight(),
            plain.colorFix(),
            plain.waveletLevels(),
            plain.vaeTilePixels(),
            "",
            "blurry",
            plain.seed());

    assertThatThrownBy(
            () ->
                model.upscale(
                    new UpscaleRequest("g", picture(8, 8, 1), guided), UpscaleListener.NONE))
        .isInstanceOf(StableSrException.class)
        .hasMessage(
            "Model stablesr-mini has no text encoder: prompts must be empty and"
                + " sampling.guidance-scale 1.");
    assertThat(engine.liveTensors()).isZero();
  }

  @Test
  void optionsThatDoNotSuitTheModelAreFoundWithoutAnImage() {
    UpscaleOptions plain = options(4, 1, 42);

    model.check(plain);

    assertThatThrownBy(
            () -> model.check(with(SamplingSetup.of(plain.sampling()).guidanceScale(7).options())))
        .hasMessageStartingWith("Model stablesr-mini has no text encoder");
    assertThatThrownBy(
            () ->
                model.check(
                    with(SamplingSetup.of(plain.sampling()).overlapLatents(4096).options())))
        .hasMessageStartingWith("sampling.overlap-latents is 4096; with tiles of");
    assertThatThrownBy(
            () ->
                model.check(
                    with(
                        SamplingSetup.of(plain.sampling()).startTimestep(50).steps(200).options())))
        .isInstanceOfSatisfying(
            StableSrException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CONFIG));
    assertThat(engine.liveTensors()).isZero();
  }

  private static UpscaleOptions with(SamplingOptions sampling) {
    return new UpscaleOptions(4, sampling, 1, ColorFix.WAVELET, 3, 1024, "", "blurry", 42);
  }

  @Test
  void anUnknownBundleIsAClearError() {
    assertThatThrownBy(() -> ModelBundle.open("no-such-model", cache))
        .isInstanceOf(StableSrException.class)
        .hasMessage(
            "There is no model bundle 'no-such-model': neither a local folder with a model.conf nor"
                + " an embedded bundle; set model.bundle.");
  }

  private static FloatTensor upscale(String id, FloatTensor input, int tileBatch, long seed) {
    return model
        .upscale(new UpscaleRequest(id, input, options(4, tileBatch, seed)), UpscaleListener.NONE)
        .image();
  }

  private static UpscaleOptions options(double scale, int tileBatch, long seed) {
    SamplingOptions sampling =
        SamplingSetup.of(SamplerKind.DDIM, 4)
            .overlapLatents(16)
            .tileBatch(tileBatch)
            .spacing(TimestepSpacing.TRAILING)
            .options();
    return new UpscaleOptions(scale, sampling, 1, ColorFix.WAVELET, 3, 1024, "", "", seed);
  }

  private static FloatTensor picture(int height, int width, long seed) {
    FloatTensor picture = FloatTensor.zeros(3, height, width);
    Random random = new Random(seed);
    for (int i = 0; i < picture.size(); i++) {
      picture.data()[i] = 0.3f + 0.4f * random.nextFloat();
    }
    return picture;
  }
}
