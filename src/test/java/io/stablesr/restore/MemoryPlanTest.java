package io.stablesr.restore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stablesr.core.ErrorCode;
import io.stablesr.core.StableSrException;
import io.stablesr.diffusion.SamplerKind;
import io.stablesr.image.ColorFix;
import io.stablesr.network.Architecture;
import io.stablesr.restore.MemoryPlan.Decision;
import io.stablesr.restore.MemoryPlan.Way;
import io.stablesr.testing.SamplingSetup;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MemoryPlanTest {
  private static final long GIB = 1L << 30;

  @TempDir private static Path cache;

  @ParameterizedTest
  @CsvSource({
    "1000, 750, 2, 0, WHOLE",
    "1500, 1000, 2, 0, STRIPS",
    "1500, 1000, 4, 0, WHOLE",
    "4000, 3000, 2, 0, STRIPS",
    "2800, 2900, 64, 0, WHOLE",
    "4000, 3000, 64, 0, STRIPS",
    "4000, 3000, 64, 100000000, STRIPS",
    "1000, 750, 2, 1000000, STRIPS",
    "200, 100, 2, 1000000, WHOLE"
  })
  void memoryDecidesUnlessASettingDoes(
      int width, int height, long heapGib, long stripPixels, Way expected) {
    assertThat(decide(width, height, heapGib * GIB, stripPixels).way()).isEqualTo(expected);
  }

  @Test
  void stripsTakeMuchLessThanTheWhole() {
    long strips = decide(4000, 3000, 2 * GIB, 0).heapBytes();
    long whole = decide(2800, 2900, 64 * GIB, 0).heapBytes();

    assertThat(strips).isLessThan(GIB);
    assertThat(whole).isGreaterThan(9 * GIB);
  }

  @Test
  void whatIsReducedAtTheEndIsWhole() {
    // 60 x 40 is enlarged to 512 pixels and back.
    WorkGeometry geometry = new WorkGeometry(512, 0, 32);
    MemoryPlan plan = new MemoryPlan(mini(), GIB);

    assertThat(plan.decide(2400, geometry.plan(40, 60, 4), options(1)).way()).isEqualTo(Way.WHOLE);
    assertThatThrownBy(() -> plan.decide(3_000_000, geometry.plan(1, 3_000_000, 4), options(0)))
        .isInstanceOfSatisfying(
            StableSrException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.IMAGE_TOO_LARGE))
        .hasMessage(
            "An image would be worked on at 1536000000 x 512 pixels (enlarged so that its shorter"
                + " side holds a tile); at most 134217712 pixels are possible.");
  }

  @Test
  void tooLittleHeapForStripsIsAClearError() {
    assertThatThrownBy(() -> decide(4000, 3000, GIB / 2, 0))
        .isInstanceOfSatisfying(
            StableSrException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.IMAGE_TOO_LARGE))
        .hasMessageMatching(
            "An image worked on at 16032 x 12032 pixels needs a heap of about \\d+ MiB even in"
                + " strips, and 512 MiB are there; give the job more \\(-Xmx,"
                + " spark.executor.memory\\) or choose a smaller scale\\.");
  }

  @Test
  void theLatentCanvasIsTheLastBound() {
    // 8,589,934,544 pixels with four channels at a quarter of the size.
    assertThat(decide(23000, 23000, 1024 * GIB, 1).way()).isEqualTo(Way.STRIPS);
    assertThatThrownBy(() -> decide(24000, 24000, 1024 * GIB, 1))
        .isInstanceOfSatisfying(
            StableSrException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.IMAGE_TOO_LARGE))
        .hasMessage(
            "An image would be worked on at 96032 x 96032 pixels; at most 8589934544 pixels are"
                + " possible, in strips too: choose a smaller scale.");
  }

  /** The published architecture: 512 channels at an eighth of the size, whole for the attention. */
  @Test
  void attentionInTheMiddleIsAnEarlierBound() {
    WorkGeometry geometry = new WorkGeometry(512, 0, 32);
    MemoryPlan plan = new MemoryPlan(official(), 64 * GIB);
    WorkGeometry.Plan possible = geometry.plan(2000, 2000, 4);

    assertThat(plan.decide(4_000_000, possible, options(1)))
        .isEqualTo(new Decision(Way.STRIPS, 24 * 4_000_000L + (64L << 20) + 2064 * 1_000_000L));
    assertThatThrownBy(() -> plan.decide(9_000_000, geometry.plan(3000, 3000, 4), options(0)))
        .isInstanceOfSatisfying(
            StableSrException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.IMAGE_TOO_LARGE))
        .hasMessage(
            "An image would be worked on at 12000 x 12000 pixels; at most 67108800 pixels are"
                + " possible, in strips too: choose a smaller scale.");
  }

  private static ModelDescription official() {
    ModelDescription mini = mini();
    return new ModelDescription(
        mini.name(),
        mini.licence(),
        Architecture.OFFICIAL,
        mini.parameterization(),
        mini.latentScale(),
        mini.posterior(),
        mini.linearStart(),
        mini.linearEnd(),
        64,
        new WorkGeometry(512, 0, 32),
        mini.nullContext(),
        mini.files(),
        mini.sources(),
        mini.defaults());
  }

  @Test
  void aPlanKnowsBothWaysAndTheBound() {
    ModelSettings settings = new ModelSettings("stablesr-mini", ModelDtype.FP32, "cpu", 2);
    ImageCost strips = new StableSrFactory().costs(settings, 2 * GIB).cost(2800, 2900, options(0));
    ImageCost whole = new StableSrFactory().costs(settings, 64 * GIB).cost(2800, 2900, options(0));

    assertThat(strips.hostBytes()).isEqualTo(decide(2800, 2900, 2 * GIB, 0).heapBytes());
    assertThat(strips.autoencoderFlops()).isLessThan(whole.autoencoderFlops() / 2);
    assertThat(strips.denoiserFlops()).isEqualTo(whole.denoiserFlops());
    assertThatThrownBy(
            () -> new StableSrFactory().costs(settings, GIB / 2).cost(4000, 3000, options(0)))
        .hasMessageContaining("even in strips");
  }

  private static Decision decide(int width, int height, long heapBytes, long stripPixels) {
    WorkGeometry.Plan plan = mini().geometry().plan(height, width, 4);
    return new MemoryPlan(mini(), heapBytes)
        .decide((long) width * height, plan, options(stripPixels));
  }

  private static ModelDescription mini() {
    return ModelBundle.open("stablesr-mini", cache).description();
  }

  private static UpscaleOptions options(long stripPixels) {
    return new UpscaleOptions(
            4,
            SamplingSetup.of(SamplerKind.DDIM, 4).options(),
            1,
            ColorFix.WAVELET,
            3,
            1024,
            "",
            "",
            42)
        .withStripPixels(stripPixels);
  }
}
