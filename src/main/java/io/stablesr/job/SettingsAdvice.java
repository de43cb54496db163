package io.stablesr.job;

import com.typesafe.config.Config;
import io.stablesr.engine.Bf16Instructions;
import io.stablesr.restore.ModelDtype;
import io.stablesr.restore.ModelSettings;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/** What is allowed, but hardly ever meant. */
public final class SettingsAdvice {
  private SettingsAdvice() {}

  /** What was typed although it changes no pixel; a sentence, or none. */
  public static List<String> unused(Settings settings) {
    String typed =
        settings.unused().entrySet().stream()
            .filter(one -> SettingsLayer.COMMAND_LINE.equals(settings.origin(one.getKey())))
            .map(one -> "%s (%s)".formatted(one.getKey(), one.getValue()))
            .collect(Collectors.joining(", "));
    return typed.isEmpty()
        ? List.of()
        : List.of(
            "note: given, but without effect on the pixels: %s. Finished images are recognised by all settings, so repeat a command as it was."
                .formatted(typed));
  }

  /**
   * One sentence for each such setting.
   *
   * @param cpuInfo what Linux says of this host's processor, see {@link Bf16Instructions}
   */
  public static List<String> of(Config settings, Path cpuInfo) {
    ModelSettings model = SettingsReader.model(settings);
    boolean slow =
        model.dtype() == ModelDtype.BF16
            && !model.needsGpu()
            && Bf16Instructions.of(cpuInfo) == Bf16Instructions.ABSENT;
    return slow
        ? List.of(
            "warning: model.dtype is bf16, but this host's processor has no bf16 instructions:"
                + " networks that run on it take about four times as long as with fp32.")
        : List.of();
  }
}
