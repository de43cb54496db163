package io.stablesr.degrade;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigValue;
import io.stablesr.core.ErrorCode;
import io.stablesr.core.NearestName;
import io.stablesr.core.StableSrException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** The presets in the jar, and those of preset files (docs/degradation.md). */
public final class Presets {
  private static final String RESOURCE = "io/stablesr/degrade/presets.conf";
  private static final String BASE = "base";

  private Presets() {}

  /** The names of the presets in the jar, in alphabetical order. */
  public static List<String> names() {
    return all().root().keySet().stream().sorted().toList();
  }

  /**
   * A preset in the jar.
   *
   * @throws StableSrException CONFIG where there is none of this name
   */
  public static DegradationPreset named(String name) {
    return PresetReader.read(name, config(name, "The preset"));
  }

  /**
   * A preset file's.
   *
   * @param text the file's content: HOCON with the keys of a preset, and {@code base}
   * @param where the file, for messages and as the preset's name
   * @throws StableSrException CONFIG where a key is unknown or a value cannot be used
   */
  public static DegradationPreset parse(String text, String where) {
    try {
      Config file =
          ConfigFactory.parseString(text, ConfigParseOptions.defaults().setOriginDescription(where))
              .resolve();
      String base = file.hasPath(BASE) ? file.getString(BASE) : "stablesr";
      Config own = file.withoutPath(BASE);
      requireKnown(own, where);
      return PresetReader.read(where, own.withFallback(config(base, where + ": base")));
    } catch (ConfigException e) {
      throw new StableSrException(
          ErrorCode.CONFIG, "%s cannot be used: %s.".formatted(where, e.getMessage()), e);
    }
  }

  private static void requireKnown(Config own, String where) {
    Set<String> known = new TreeSet<>();
    config("stablesr", "The preset").entrySet().forEach(entry -> known.add(entry.getKey()));
    for (Map.Entry<String, ConfigValue> entry : own.entrySet()) {
      if (!known.contains(entry.getKey())) {
        throw new StableSrException(
            ErrorCode.CONFIG,
            "Key '%s' in %s is unknown; the nearest known key is '%s'."
                .formatted(entry.getKey(), where, NearestName.of(entry.getKey(), known)));
      }
    }
  }

  private static Config config(String name, String what) {
    if (!names().contains(name)) {
      throw new StableSrException(
          ErrorCode.CONFIG,
          "%s '%s' does not exist; the nearest is '%s' of %s."
              .formatted(what, name, NearestName.of(name, names()), String.join(", ", names())));
    }
    return all().getConfig(name);
  }

  private static Config all() {
    return ConfigFactory.parseResources(Presets.class.getClassLoader(), RESOURCE).resolve();
  }
}
