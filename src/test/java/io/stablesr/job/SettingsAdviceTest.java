package io.stablesr.job;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SettingsAdviceTest {
  private static final String REPEAT =
      " Finished images are recognised by all settings, so repeat a command as it was.";

  @TempDir private Path folder;

  @Test
  void onlyEmulatedBf16OnAProcessorIsMentioned() throws IOException {
    Path old = Files.writeString(folder.resolve("old"), "flags : avx512f\n");
    Path young = Files.writeString(folder.resolve("young"), "flags : avx512f avx512_bf16\n");

    assertThat(SettingsAdvice.of(settings("bf16", "cpu"), old)).hasSize(1);
    assertThat(SettingsAdvice.of(settings("bf16", "auto"), old)).hasSize(1);
    assertThat(SettingsAdvice.of(settings("bf16", "cuda:0"), old)).isEmpty();
    assertThat(SettingsAdvice.of(settings("fp32", "cpu"), old)).isEmpty();
    assertThat(SettingsAdvice.of(settings("bf16", "cpu"), young)).isEmpty();
    assertThat(SettingsAdvice.of(settings("bf16", "cpu"), folder.resolve("none"))).isEmpty();
  }

  @Test
  void whatWasTypedInVainIsSaid() {
    assertThat(
            unused(
                Map.of(
                    "model.method", "dasr",
                    "model.weights", "net_g.pth",
                    "sampling.steps", "20",
                    "upscale.fusion-weight", "0.2",
                    "upscale.vae-tile-pixels", "512",
                    "model.dtype", "bf16")))
        .containsExactly(
            "note: given, but without effect on the pixels: upscale.fusion-weight (not used by the method dasr), sampling.steps (not used by the method dasr)."
                + REPEAT);
    assertThat(
            unused(Map.of("model.method", "bicubic", "model.dtype", "bf16", "upscale.scale", "2")))
        .containsExactly(
            "note: given, but without effect on the pixels: model.dtype (not used by the method bicubic)."
                + REPEAT);
    assertThat(
            unused(
                Map.of(
                    "model.method", "ldm",
                    "model.weights", "a.ckpt",
                    "sampling.steps", "20",
                    "upscale.seed", "7")))
        .isEmpty();
    assertThat(
            unused(
                Map.of(
                    "model.method", "bicubic",
                    "model.bundle", "other",
                    "model.device", "cpu",
                    "model.threads", "2")))
        .as("a bundle brings defaults to every method")
        .containsExactly(
            "note: given, but without effect on the pixels: model.device (not used by the method bicubic), model.threads (not used by the method bicubic)."
                + REPEAT);
    assertThat(
            unused(
                Map.of(
                    "model.method", "bicubic",
                    "faces.mode", "on",
                    "faces.detector", "d.pth",
                    "faces.restorer", "r.pth",
                    "model.threads", "2")))
        .isEmpty();
    assertThat(
            unused(
                Map.of(
                    "model.cleaner-weights", "stablesr-cleaner",
                    "upscale.pre-clean-severity", "2")))
        .as("a manifest may ask for cleaning")
        .isEmpty();
    assertThat(
            unused(
                Map.of(
                    "upscale.pre-clean-severity", "2",
                    "upscale.negative-prompt", "blurry",
                    "sampling.eta", "0.5",
                    "faces.fidelity", "0.1",
                    "output.jpeg-quality", "80")))
        .containsExactly(
            "note: given, but without effect on the pixels: upscale.pre-clean-severity (upscale.pre-clean is off), upscale.negative-prompt (sampling.guidance-scale is 1), sampling.eta (sampling.sampler is ddpm), faces.fidelity (faces.mode is off), output.jpeg-quality (output.format is png)."
                + REPEAT);
    assertThat(
            unused(
                Map.of(
                    "upscale.pre-clean", "auto",
                    "upscale.pre-clean-severity", "2",
                    "sampling.guidance-scale", "2",
                    "upscale.negative-prompt", "blurry",
                    "sampling.sampler", "ddim",
                    "sampling.eta", "0.5",
                    "output.format", "jpeg",
                    "output.jpeg-quality", "80")))
        .isEmpty();
  }

  private static List<String> unused(Map<String, String> typed) {
    return SettingsAdvice.unused(
        Settings.of(
            SettingKeys.reference(),
            List.of(SettingsLayer.ofCommandLine(typed)),
            bundle -> ConfigFactory.empty()));
  }

  private static Config settings(String dtype, String device) {
    return ConfigFactory.parseString(
            "model { dtype = \"%s\", device = \"%s\" }".formatted(dtype, device))
        .withFallback(SettingKeys.reference().defaults());
  }
}
