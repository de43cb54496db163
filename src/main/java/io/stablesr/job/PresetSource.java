package io.stablesr.job;

import io.stablesr.core.ErrorCode;
import io.stablesr.core.StableSrException;
import io.stablesr.degrade.DegradationPreset;
import io.stablesr.degrade.Presets;
import java.io.IOException;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/**
 * A degradation preset as it travels to executors.
 *
 * @param name its name, or the path of its file
 * @param text the file's content; empty for a preset in the jar
 */
public record PresetSource(String name, String text) implements Serializable {
  /**
   * Takes the value of {@code degrade.preset}.
   *
   * @throws StableSrException CONFIG where there is neither a preset nor a file of this name
   */
  public static PresetSource of(String value) {
    if (Presets.names().contains(value)) {
      return new PresetSource(value, "");
    }
    try {
      return new PresetSource(value, Files.readString(Path.of(value)));
    } catch (IOException | InvalidPathException e) {
      throw new StableSrException(
          ErrorCode.CONFIG,
          "degrade.preset is '%s'; it must be %s, or a preset file."
              .formatted(value, String.join(", ", Presets.names())),
          e);
    }
  }

  /** The preset. */
  public DegradationPreset preset() {
    return text.isEmpty() ? Presets.named(name) : Presets.parse(text, name);
  }
}
