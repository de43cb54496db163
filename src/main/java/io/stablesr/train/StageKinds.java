package io.stablesr.train;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigValue;
import io.stablesr.core.ErrorCode;
import io.stablesr.core.NearestName;
import io.stablesr.core.StableSrException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** The kinds of stages, their keys and defaults. */
public final class StageKinds {
  private static final String RESOURCE = "io/stablesr/train/stages.conf";
  private static final String KIND = "kind";
  private static final Set<String> LISTS = Set.of("required", "optional");

  private StageKinds() {}

  /** The names of all kinds. */
  public static List<String> names() {
    return all().root().keySet().stream().sorted().toList();
  }

  /** Keys of a kind: with their defaults, or with an empty text where there is none. */
  public static Map<String, String> keys(String kind) {
    Map<String, String> keys = new java.util.TreeMap<>();
    for (Map.Entry<String, ConfigValue> entry : defaults(kind).entrySet()) {
      keys.put(entry.getKey(), entry.getValue().render());
    }
    LISTS.forEach(list -> all().getStringList(kind + "." + list).forEach(key -> keys.put(key, "")));
    return keys;
  }

  private static Config defaults(String kind) {
    Config defaults = all().getConfig(kind);
    for (String list : LISTS) {
      defaults = defaults.withoutPath(list);
    }
    return defaults;
  }

  private static Config all() {
    return ConfigFactory.parseResources(StageKinds.class.getClassLoader(), RESOURCE)
        .resolve()
        .getConfig("kinds");
  }

  /**
   * A stage with the defaults of its kind.
   *
   * @throws StableSrException CONFIG where its kind or a key is unknown, or a required key missing
   */
  static Config complete(String name, Config stage) {
    String kind = stage.hasPath(KIND) ? stage.getString(KIND) : "";
    if (!names().contains(kind)) {
      throw new StableSrException(
          ErrorCode.CONFIG,
          "%s.kind is '%s'; it must be one of %s."
              .formatted(name, kind, String.join(", ", names())));
    }
    Set<String> known = new TreeSet<>(keys(kind).keySet());
    known.add(KIND);
    for (Map.Entry<String, ConfigValue> entry : stage.entrySet()) {
      if (!known.contains(entry.getKey())) {
        throw new StableSrException(
            ErrorCode.CONFIG,
            "Key '%s.%s' is unknown for a stage of kind %s; the nearest known key is '%s'."
                .formatted(name, entry.getKey(), kind, NearestName.of(entry.getKey(), known)));
      }
    }
    for (String required : all().getStringList(kind + ".required")) {
      if (!stage.hasPath(required)) {
        throw new StableSrException(
            ErrorCode.CONFIG,
            "Key '%s.%s' is missing; a stage of kind %s needs it.".formatted(name, required, kind));
      }
    }
    return stage.withFallback(defaults(kind));
  }
}
