package io.stablesr.job;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.stablesr.core.Digests;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ParametersTest {
  private static final Config REFERENCE =
      ConfigFactory.parseResources("reference.conf").getConfig("stablesr");
  @TempDir private Path folder;

  @ParameterizedTest
  @CsvSource({
    "upscale.scale, 3.0",
    "upscale.seed, 7",
    "upscale.prompt, sharp",
    "upscale.fusion-weight, 0.25",
    "upscale.color-fix, wavelet",
    "upscale.wavelet-levels, 4",
    "upscale.pre-clean, auto",
    "sampling.steps, 50",
    "sampling.sampler, ddim",
    "sampling.guidance-scale, 2.0",
    "sampling.overlap-latents, 16",
    "sampling.start-timestep, 500",
    "sampling.deep-cache-interval, 2",
    "sampling.flat-tile-roughness, 0.1",
    "compat.pixel-rounding, truncate",
    "output.format, tiff",
    "output.bits, 16",
    "model.dtype, bf16"
  })
  void whatChangesTheBytesChangesTheDigest(String path, String value) {
    assertThat(digest(Map.of(path, value))).isNotEqualTo(digest(Map.of())).hasSize(32);
  }

  @ParameterizedTest
  @CsvSource({
    "sampling.tile-batch, 1",
    "sampling.deep-cache-blocks, 2",
    "sampling.guidance-from-timestep, 300",
    "upscale.vae-tile-pixels, 512",
    "job.partitions, 7",
    "upscale.pre-clean-severity, 0.5",
    "model.threads, 3",
    "model.device, cpu",
    "upscale.negative-prompt, unused without guidance"
  })
  void whatDoesNotLeavesIt(String path, String value) {
    assertThat(digest(Map.of(path, value))).isEqualTo(digest(Map.of()));
  }

  @Test
  void theModelAndTheNegativePromptOfGuidanceCount() {
    assertThat(parameters(Map.of(), "m@2").digest()).isNotEqualTo(digest(Map.of()));
    assertThat(
            digest(Map.of("sampling.guidance-scale", "2.0", "upscale.negative-prompt", "blurred")))
        .isNotEqualTo(digest(Map.of("sampling.guidance-scale", "2.0")));
  }

  @ParameterizedTest
  @CsvSource({"sampling.guidance-from-timestep, 300", "sampling.guidance-to-timestep, 700"})
  void theIntervalOfGuidanceCountsWhereThereIsGuidance(String path, String value) {
    Map<String, String> guided = Map.of("sampling.guidance-scale", "2.0");

    assertThat(digest(Map.of("sampling.guidance-scale", "2.0", path, value)))
        .isNotEqualTo(digest(guided));
  }

  @Test
  void facesCountWithTheDigestsOfTheirFilesOnceTheyAreOn() throws IOException {
    Path file = folder.resolve("weights.pth");
    Files.writeString(file, "one");
    Map<String, String> on =
        Map.of(
            "faces.mode",
            "on",
            "faces.detector",
            file.toString(),
            "faces.restorer",
            file.toString());
    Map<String, String> one = faces(on);
    Files.writeString(file, "two");
    Map<String, String> two = faces(on);

    assertThat(SettingsReader.faces(REFERENCE)).isEmpty();
    assertThat(one)
        .containsEntry("faces.mode", "on")
        .containsEntry("faces.fidelity", "0.5")
        .containsEntry("faces.detector", Digests.sha256("one"))
        .containsEntry("faces.restorer", Digests.sha256("one"));
    assertThat(parameters(Map.of(), "m@1").and(one).digest())
        .isNotEqualTo(digest(Map.of()))
        .isNotEqualTo(parameters(Map.of(), "m@1").and(two).digest());
    assertThat(parameters(Map.of(), "m@1").and(Map.of()).digest()).isEqualTo(digest(Map.of()));
  }

  private static Map<String, String> faces(Map<String, String> changes) {
    return SettingsReader.faces(ConfigFactory.parseMap(changes).withFallback(REFERENCE))
        .orElseThrow()
        .parameters();
  }

  private static String digest(Map<String, String> changes) {
    return parameters(changes, "m@1").digest();
  }

  private static Parameters parameters(Map<String, String> changes, String model) {
    Config settings = ConfigFactory.parseMap(changes).withFallback(REFERENCE);
    return Parameters.of(
        model,
        SettingsReader.model(settings).dtype(),
        SettingsReader.upscale(settings),
        SettingsReader.job(settings));
  }
}
