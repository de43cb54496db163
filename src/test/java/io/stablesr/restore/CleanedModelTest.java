package io.stablesr.restore;

import static org.assertj.core.api.Assertions.assertThat;

import io.stablesr.SharedFolder;
import io.stablesr.core.FloatTensor;
import io.stablesr.image.DecodeLimits;
import io.stablesr.image.ImageDecoder;
import io.stablesr.image.PilResize;
import io.stablesr.restore.PreClean.Mode;
import io.stablesr.restore.PreCleaning.Decision;
import io.stablesr.testing.Damage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The embedded model behind real cleaners, and what that costs. */
class CleanedModelTest {
  private static final NetworkFiles CLEANER =
      NetworkFiles.of(SharedFolder.path("thirdparty/realesr-general-x4v3.bin").toString());

  @Test
  void theJarHasCleaners() {
    ModelSettings settings = NetworkSamples.cleanedBy(NetworkFiles.of("stablesr-cleaner"));
    assertThat(new MethodFactory().describe(settings).modelId())
        .matches("stablesr-mini@[0-9a-f]{12}\\+cleaner:stablesr-cleaner@[0-9a-f]{64}");
    assertThat(EmbeddedNetwork.NAMES)
        .allSatisfy(name -> assertThat(EmbeddedNetwork.find(name)).isPresent());
    // The embedded model is none of its kind.
    assertThat(EmbeddedNetwork.find("stablesr-mini")).isEmpty();
    assertThat(EmbeddedNetwork.find("../x")).isEmpty();
    try (RestorationWeights four = RestorationWeights.open(settings.cleaner());
        RestorationWeights one = RestorationWeights.open(NetworkFiles.of("stablesr-cleaner-x1"))) {
      assertThat(four.network().scale()).isEqualTo(4);
      assertThat(one.network().scale()).isEqualTo(1);
    }
  }

  @Test
  void costsAreThoseOfTheCleanerAndOfTheModelAtTheSizeItGets() {
    UpscaleOptions on = NetworkSamples.options(4, 1024).withPreClean(new PreClean(Mode.ON, 1));
    MethodFactory factory = new MethodFactory();
    ModelSettings settings = NetworkSamples.cleanedBy(NetworkFiles.of("stablesr-cleaner-x1"));
    CostModel costs = factory.costs(settings, 4L << 30);
    ImageCost off = costs.cost(40, 30, on.withPreClean(PreClean.OFF));
    ImageCost cleaned = costs.cost(40, 30, on);
    ImageCost alone =
        factory
            .costs(
                NetworkSamples.settings(
                    UpscaleMethod.REALESRGAN, NetworkFiles.of("stablesr-cleaner-x1")),
                4L << 30)
            .cost(40, 30, NetworkSamples.options(1, 1024));
    assertThat(cleaned.inputPixels()).isEqualTo(1200);
    assertThat(cleaned.outputPixels()).isEqualTo(off.outputPixels());
    assertThat(cleaned.tiles()).isEqualTo(off.tiles());
    assertThat(cleaned.evaluations()).isEqualTo(off.evaluations());
    assertThat(cleaned.flops())
        .isCloseTo(off.flops() + alone.flops(), Percentage.withPercentage(1e-6));
  }

  @ParameterizedTest
  @CsvSource({"shared, realesr-general-x4v3, ON", "stablesr-cleaner-x1, stablesr-cleaner-x1, AUTO"})
  void theEmbeddedModelWorksOnCleanedPictures(String files, String name, Mode mode)
      throws IOException {
    Path file = SharedFolder.path("data/realsr/lq/Canon_004_LR4.png");
    FloatTensor photograph =
        new ImageDecoder(DecodeLimits.defaults()).decode("sample", Files.readAllBytes(file)).rgb();
    ModelSettings settings =
        NetworkSamples.cleanedBy(files.equals("shared") ? CLEANER : NetworkFiles.of(files));
    MethodFactory factory = new MethodFactory();
    ImageCost plain =
        factory.costs(settings, 4L << 30).cost(40, 30, NetworkSamples.options(4, 1024));
    UpscaleOptions on = NetworkSamples.options(4, 1024).withPreClean(new PreClean(mode, 1));
    assertThat(factory.costs(settings, 4L << 30).cost(40, 30, on).flops())
        .isGreaterThan(plain.flops());
    try (Upscaler upscaler = factory.open(settings)) {
      assertThat(upscaler.modelId())
          .isEqualTo(factory.describe(settings).modelId())
          .matches("stablesr-mini@[0-9a-f]{12}\\+cleaner:" + name + "@[0-9a-f]{64}");
      upscaler.check(on);
      FloatTensor small = PilResize.bicubicFloats(photograph, 30, 40);
      UpscaleResult result =
          upscaler.upscale(new UpscaleRequest("a", small, on), (done, total) -> {});
      assertThat(result.image().shape()).containsExactly(3, 120, 160);
      assertThat(result.stageMillis()).containsKeys("pre-clean", "sample");
      assertThat(result.preCleaning().decision())
          .isEqualTo(mode == Mode.AUTO ? Decision.LEFT : Decision.CLEANED);
      assertThat(result.preCleaning().reason())
          .matches(
              mode == Mode.AUTO
                  ? "severity 0\\.\\d\\d is below the limit of 1\\.00 \\(cleaning changes .*"
                  : "as asked; severity .*");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Canon_004_LR4",
        "Canon_012_LR4",
        "Canon_020_LR4",
        "Nikon_002_LR4",
        "Nikon_018_LR4"
      })
  void theEmbeddedCleanerCallsABadJpegSevereAndTakesItsBlocksAway(String name) throws IOException {
    Path file = SharedFolder.path("data/realsr/lq/" + name + ".png");
    FloatTensor picture =
        new ImageDecoder(DecodeLimits.defaults()).decode(name, Files.readAllBytes(file)).rgb();
    FloatTensor bad = Damage.jpeg(picture, 0.1f);
    try (Upscaler cleaner =
        new MethodFactory()
            .open(
                NetworkSamples.settings(
                    UpscaleMethod.REALESRGAN, NetworkFiles.of("stablesr-cleaner-x1")))) {
      FloatTensor cleaned = cleaned(cleaner, bad);
      assertThat(CleaningChange.of(bad, cleaned).severity()).isGreaterThanOrEqualTo(1);
      assertThat(SeverityEstimate.of(cleaned).blockiness())
          .isLessThan(SeverityEstimate.of(bad).blockiness() - 0.2);
      assertThat(CleaningChange.of(picture, cleaned(cleaner, picture)).severity()).isLessThan(1);
    }
  }

  private static FloatTensor cleaned(Upscaler cleaner, FloatTensor picture) {
    return cleaner
        .upscale(
            new UpscaleRequest("a", picture, NetworkSamples.options(1, 1024)), (done, total) -> {})
        .image();
  }
}
