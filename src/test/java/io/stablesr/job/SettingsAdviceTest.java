package io.stablesr.job;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SettingsAdviceTest {
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

  private static Config settings(String dtype, String device) {
    return ConfigFactory.parseString(
            "model { dtype = \"%s\", device = \"%s\" }".formatted(dtype, device))
        .withFallback(SettingKeys.reference().defaults());
  }
}
