package io.stablesr.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.stablesr.core.ErrorCode;
import io.stablesr.core.StableSrException;
import io.stablesr.restore.PreClean;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class UnusedSettingsTest {
  @Test
  void explainShowsTheEmbeddedCleanerAndWhatChangesNothing() {
    assertThat(explained(Map.of("upscale.pre-clean", "auto")).lines())
        .contains(
            "model.cleaner-weights = \"stablesr-cleaner-x1\"  # embedded, as upscale.pre-clean is not off")
        .anyMatch(line -> line.matches("upscale.pre-clean-severity = 1.0 +# default"));
    assertThat(explained(Map.of("model.method", "swinir", "model.weights", "a.pth")).lines())
        .anyMatch(
            line ->
                line.matches(
                    "sampling.steps = 200 +# default; no effect: not used by the method swinir"))
        .anyMatch(line -> line.matches("model.weights = \"a.pth\" +# command line"));
  }

  @Test
  void whatIsOfTheOtherKindOfDeviceHasNoEffect() {
    assertThat(explained(Map.of("model.device", "cpu", "model.replay", "never")).lines())
        .anyMatch(
            line ->
                line.matches(
                    "model.replay = \"never\" +# command line; no effect: model.device is cpu"))
        .noneMatch(line -> line.matches("model.small-call-gflop.*no effect.*"));
    assertThat(explained(Map.of("model.device", "gpu")).lines())
        .anyMatch(
            line ->
                line.matches(
                    "model.small-call-gflop = 64 +# default; no effect: model.device is a GPU"))
        .noneMatch(line -> line.matches("model.replay.*no effect.*"));
    assertThat(explained(Map.of())).doesNotContain("no effect: model.device");
  }

  @Test
  void cleaningThatCannotBeIsRefusedByTheSettingsAlone() {
    Config bicubic =
        settings(Map.of("model.method", "bicubic", "upscale.pre-clean", "on")).values();
    assertThatThrownBy(() -> SettingsReader.upscale(bicubic))
        .isInstanceOfSatisfying(
            StableSrException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CONFIG))
        .hasMessage(
            "upscale.pre-clean is on, but model.method is bicubic; only the method stablesr has inputs cleaned. Set upscale.pre-clean = off (--pre-clean off) or model.method = stablesr.");
    Map<String, String> asked = Map.of("upscale.pre-clean", "on");
    assertThatThrownBy(() -> SettingsReader.upscale(settings(Map.of()).values(), asked))
        .hasMessageStartingWith("upscale.pre-clean is on, but no cleaner is loaded; set ");
    assertThat(
            SettingsReader.upscale(settings(Map.of("upscale.pre-clean", "auto")).values(), asked)
                .preClean()
                .mode())
        .isEqualTo(PreClean.Mode.ON);
  }

  private static String explained(Map<String, String> typed) {
    Settings settings = settings(typed);
    return settings.explain(settings.unused());
  }

  private static Settings settings(Map<String, String> typed) {
    return Settings.of(
        SettingKeys.reference(),
        List.of(SettingsLayer.ofCommandLine(typed)),
        bundle -> ConfigFactory.empty());
  }
}
