package io.stablesr.job;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigUtil;
import io.stablesr.core.Words;
import io.stablesr.restore.UpscaleMethod;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Function;

/** The settings in effect, each with the place it comes from. */
public final class Settings {
  private static final String CLEANER = "model.cleaner-weights";

  private final SettingKeys keys;
  private final Config values;
  private final Map<String, String> origins;

  private Settings(SettingKeys keys, Config values, Map<String, String> origins) {
    this.keys = keys;
    this.values = values;
    this.origins = origins;
  }

  /**
   * Lays the layers over one another.
   *
   * @param layers strongest first, without the bundle's and the reference ones
   * @param bundleDefaults defaults that the bundle of this name brings, with paths below {@code
   *     stablesr}; they lie between the layers and the reference defaults, below those of the
   *     method
   * @throws io.stablesr.core.StableSrException for an unknown key or a value of the wrong kind
   */
  public static Settings of(
      SettingKeys keys, List<SettingsLayer> layers, Function<String, Config> bundleDefaults) {
    layers.forEach(keys::check);
    Config asked = keys.defaults();
    for (int i = layers.size() - 1; i >= 0; i--) {
      asked = layers.get(i).values().withFallback(asked);
    }
    String bundle = asked.getString("model.bundle");
    SettingsLayer ofBundle =
        new SettingsLayer("model bundle " + bundle, bundleDefaults.apply(bundle));
    keys.check(ofBundle);
    List<SettingsLayer> all = new ArrayList<>(layers);
    all.add(ofMethod(asked));
    all.add(ofBundle);
    all.add(new SettingsLayer("default", keys.defaults()));

    Config effective = keys.defaults();
    for (int i = all.size() - 1; i >= 0; i--) {
      effective = all.get(i).values().withFallback(effective);
    }
    Optional<SettingsLayer> cleaner = embeddedCleaner(effective);
    if (cleaner.isPresent()) {
      all.add(0, cleaner.get());
      effective = cleaner.get().values().withFallback(effective);
    }
    Map<String, String> origins = new LinkedHashMap<>();
    for (SettingKey key : keys.all()) {
      for (SettingsLayer layer : all) {
        if (layer.values().hasPath(key.path())) {
          origins.put(key.path(), layer.origin());
          break;
        }
      }
    }
    return new Settings(keys, effective, origins);
  }

  private static SettingsLayer ofMethod(Config asked) {
    UpscaleMethod method =
        Words.parse(UpscaleMethod.class, "model.method", asked.getString("model.method"));
    return new SettingsLayer("method " + method.word(), method.defaults());
  }

  /** The embedded cleaner where it stands in for one that nobody named. */
  private static Optional<SettingsLayer> embeddedCleaner(Config settings) {
    String used = SettingsReader.cleaner(settings);
    return used.equals(settings.getString(CLEANER))
        ? Optional.empty()
        : Optional.of(
            new SettingsLayer(
                "embedded, as upscale.pre-clean is not off",
                ConfigFactory.parseMap(Map.of(CLEANER, used))));
  }

  /** Why a setting changes no pixel beside the others, by its path; in the order of the paths. */
  public Map<String, String> unused() {
    return UnusedSettings.of(keys, values);
  }

  /** The values, with paths below {@code stablesr}. */
  public Config values() {
    return values;
  }

  /** Where a setting comes from. */
  public String origin(String path) {
    return origins.get(path);
  }

  /**
   * One line per setting: path, value, and where the value comes from.
   *
   * @param unused settings that have no effect, and why; as of {@link #unused}
   */
  public String explain(Map<String, String> unused) {
    Map<String, String> assignments = new LinkedHashMap<>();
    for (SettingKey key : keys.all()) {
      assignments.put(key.path(), key.path() + " = " + text(key));
    }
    int width =
        assignments.values().stream().mapToInt(String::length).filter(n -> n <= 60).max().orElse(0);
    StringBuilder lines = new StringBuilder();
    assignments.forEach(
        (path, assignment) ->
            lines
                .append(("%-" + width + "s  # %s").formatted(assignment, origins.get(path)))
                .append(unused.containsKey(path) ? "; no effect: " + unused.get(path) : "")
                .append('\n'));
    return lines.toString();
  }

  private String text(SettingKey key) {
    return switch (key.kind()) {
      case INTEGER, DECIMAL, FLAG -> values.getString(key.path());
      case TEXT -> ConfigUtil.quoteString(values.getString(key.path()));
      case LIST -> values.getValue(key.path()).render(ConfigRenderOptions.concise());
      // Secrets are given as Spark properties; their names are enough to see where they come from.
      case MAP ->
          values.getObject(key.path()).isEmpty()
              ? "{}"
              : new TreeSet<>(values.getObject(key.path()).keySet()) + " (values not shown)";
    };
  }
}
