package io.stablesr.cli;

import com.typesafe.config.Config;
import io.stablesr.core.ErrorCode;
import io.stablesr.core.StableSrException;
import io.stablesr.job.SettingKey;
import io.stablesr.job.SettingKeys;
import io.stablesr.job.Settings;
import io.stablesr.job.SettingsLayer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParseResult;

/**
 * The options of every subcommand that takes settings: one per key of {@code reference.conf}, named
 * after the key's last part and described by its comment, and those that name whole files.
 */
final class SettingsOptions {
  private static final String MAP_OPTION = "--conf";

  private final SettingsScope scope;

  @Option(
      names = "--profile",
      paramLabel = "NAME",
      description = "Settings from the file NAME.conf in the folder conf.")
  private String profile;

  @Option(names = "--config", paramLabel = "FILE", description = "Settings from this file.")
  private Path configFile;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "Sets any setting by its path, for instance --set sampling.steps=50.")
  private List<String> assignments = new ArrayList<>();

  @Option(
      names = MAP_OPTION,
      paramLabel = "KEY=VALUE",
      description = "Sets a Spark property, for instance --conf spark.driver.host=127.0.0.1.")
  private List<String> sparkProperties = new ArrayList<>();

  /** Options for the settings of a kind of command. */
  SettingsOptions(SettingsScope scope) {
    this.scope = scope;
  }

  /** Adds an option for each setting to a command, but for input and output. */
  void addTo(CommandSpec command, SettingKeys keys) {
    for (SettingKey key : keys.all()) {
      if (scope.hasOption(key)) {
        command.addOption(
            OptionSpec.builder(key.option())
                .type(String.class)
                .paramLabel(label(key))
                .arity(key.kind() == SettingKey.Kind.FLAG ? "0..1" : "1")
                .fallbackValue(key.kind() == SettingKey.Kind.FLAG ? "true" : "")
                .description(
                    "%s [%s, default %s]"
                        .formatted(key.comment(), key.path(), key.defaultText())
                        .replace("%", "%%"))
                .build());
      }
    }
  }

  /**
   * The settings in effect for a parsed command line.
   *
   * @param bundleDefaults the defaults that a model bundle brings
   * @param fixed settings that the subcommand itself fixes, stronger than all others
   */
  Settings settings(
      ParseResult parsed,
      SettingKeys keys,
      CommandEnvironment environment,
      Function<String, Config> bundleDefaults,
      Map<String, String> fixed) {
    Map<String, String> typed = new LinkedHashMap<>();
    for (String assignment : assignments) {
      put(typed, "--set", "", assignment);
    }
    for (String property : sparkProperties) {
      int end = property.indexOf('=');
      // Spark's keys have dots and may be prefixes of one another, so each is one quoted part.
      put(
          typed,
          MAP_OPTION,
          "spark.conf.",
          end < 0 ? property : '"' + property.substring(0, end) + '"' + property.substring(end));
    }
    for (SettingKey key : keys.all()) {
      if (scope.hasOption(key) && parsed.hasMatchedOption(key.option())) {
        typed.put(key.path(), parsed.matchedOptionValue(key.option(), ""));
      }
    }
    typed.putAll(fixed);
    List<SettingsLayer> layers = new ArrayList<>();
    layers.add(SettingsLayer.ofCommandLine(typed));
    if (configFile != null) {
      layers.add(SettingsLayer.ofFile(configFile));
    }
    if (profile != null) {
      layers.add(SettingsLayer.ofProfile(profile, environment.profileFolders()));
    }
    return Settings.of(keys, layers, bundleDefaults);
  }

  /** Adds an assignment {@code KEY=VALUE} of an option to the settings that were typed. */
  static void put(Map<String, String> typed, String option, String prefix, String assignment) {
    int end = assignment.indexOf('=');
    if (end <= 0) {
      throw new StableSrException(
          ErrorCode.CONFIG, "%s '%s' is not of the form KEY=VALUE.".formatted(option, assignment));
    }
    typed.put(prefix + assignment.substring(0, end).strip(), assignment.substring(end + 1));
  }

  private static String label(SettingKey key) {
    return switch (key.kind()) {
      case INTEGER -> "N";
      case DECIMAL -> "X";
      case FLAG -> "true|false";
      case LIST -> "TEXT,TEXT";
      case TEXT, MAP -> "TEXT";
    };
  }
}
