package io.stablesr.job;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import io.stablesr.core.ErrorCode;
import io.stablesr.core.StableSrException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Settings from one place.
 *
 * @param origin the place, as it is named to the user
 * @param values the settings, with paths below {@code stablesr}
 */
public record SettingsLayer(String origin, Config values) {
  /** The origin of what was typed. */
  static final String COMMAND_LINE = "command line";

  /** Settings by path, as typed on the command line. */
  public static SettingsLayer ofCommandLine(Map<String, String> values) {
    Config layer = ConfigFactory.empty();
    for (Map.Entry<String, String> entry : values.entrySet()) {
      String path = entry.getKey().replaceFirst("^stablesr\\.", "");
      try {
        layer = ConfigFactory.parseMap(Map.of(path, entry.getValue())).withFallback(layer);
      } catch (ConfigException e) {
        throw new StableSrException(
            ErrorCode.CONFIG, "'%s' is not the path of a setting.".formatted(entry.getKey()), e);
      }
    }
    return new SettingsLayer(COMMAND_LINE, layer);
  }

  /** The {@code stablesr} block of a file. */
  public static SettingsLayer ofFile(Path file) {
    return parse(file, "config file " + file);
  }

  /**
   * The {@code stablesr} block of {@code <folder>/<name>.conf}.
   *
   * @param folders where profiles are looked for, the first hit counts
   */
  public static SettingsLayer ofProfile(String name, List<Path> folders) {
    for (Path folder : folders) {
      Path file = folder.resolve(name + ".conf");
      if (Files.isRegularFile(file)) {
        return parse(file, "profile " + name);
      }
    }
    throw new StableSrException(
        ErrorCode.CONFIG,
        "There is no profile '%s'; the profiles are: %s.".formatted(name, profiles(folders)));
  }

  private static SettingsLayer parse(Path file, String origin) {
    if (!Files.isRegularFile(file)) {
      throw new StableSrException(
          ErrorCode.CONFIG, "The settings file %s does not exist.".formatted(file));
    }
    try {
      Config parsed = ConfigFactory.parseFile(file.toFile()).resolve();
      return new SettingsLayer(origin, SettingKeys.block(parsed, origin));
    } catch (ConfigException e) {
      throw new StableSrException(
          ErrorCode.CONFIG,
          "The settings file %s cannot be read: %s.".formatted(file, e.getMessage()),
          e);
    }
  }

  private static String profiles(List<Path> folders) {
    return folders.stream()
        .flatMap(SettingsLayer::confFiles)
        .map(name -> name.substring(0, name.length() - ".conf".length()))
        .distinct()
        .sorted()
        .collect(
            Collectors.collectingAndThen(Collectors.joining(", "), s -> s.isEmpty() ? "none" : s));
  }

  private static Stream<String> confFiles(Path folder) {
    String[] names = folder.toFile().list((parent, name) -> name.endsWith(".conf"));
    return names == null ? Stream.empty() : Stream.of(names);
  }
}
