package io.stablesr.cli;

import io.stablesr.job.SettingKey;
import java.util.Set;

/** The settings that have options of their own in a command; {@code --set} takes all. */
enum SettingsScope {
  /** Commands that upscale. */
  UPSCALE,
  /** The demonstration. */
  DEMO,
  /** The command that degrades. */
  DEGRADE,
  /** The command that reports. */
  REPORT,
  /** The command that looks into a model. */
  INSPECT;

  /** Settings for whose options each command speaks itself. */
  private static final Set<String> OF_THE_COMMAND = Set.of("job.input", "job.output");

  private static final Set<String> OF_OTHER_COMMANDS = Set.of("degrade", "report", "demo");

  private static final Set<String> OF_DEGRADING =
      Set.of("degrade", "input", "job", "store", "spark");

  private static final Set<String> OF_REPORTING = Set.of("report", "store", "spark");

  private static final Set<String> OF_INSPECTING =
      Set.of(
          "model.bundle",
          "model.threads",
          "upscale.scale",
          "upscale.seed",
          "sampling.sampler",
          "sampling.steps",
          "sampling.spacing",
          "sampling.eta",
          "sampling.start",
          "sampling.start-timestep");

  /** Pairs are always 8-bit PNG files. */
  private static final Set<String> OF_EVERY_OUTPUT = Set.of("output.overwrite", "output.rows");

  /** Whether a setting has an option in this command. */
  boolean hasOption(SettingKey key) {
    if (key.kind() == SettingKey.Kind.MAP || OF_THE_COMMAND.contains(key.path())) {
      return false;
    }
    String block = key.path().substring(0, key.path().indexOf('.'));
    return switch (this) {
      case UPSCALE -> !OF_OTHER_COMMANDS.contains(block);
      case DEMO -> !OF_OTHER_COMMANDS.contains(block) || block.equals("demo");
      case REPORT -> OF_REPORTING.contains(block) || key.path().equals("model.bundle");
      case INSPECT -> OF_INSPECTING.contains(key.path());
      case DEGRADE -> OF_DEGRADING.contains(block) || OF_EVERY_OUTPUT.contains(key.path());
    };
  }
}
