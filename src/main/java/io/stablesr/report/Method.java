package io.stablesr.report;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * One configuration of a report.
 *
 * @param name made of what differs between the configurations
 * @param settings all that tell it apart
 */
record Method(String name, Map<String, String> settings) {
  /** The setting that names a method which is not this program with some settings. */
  static final String METHOD = "method";

  /**
   * Methods for distinct settings, with names that differ.
   *
   * @param finished those with results, whose names have nothing in them that only others vary
   */
  static List<Method> of(
      Collection<Map<String, String>> distinct, Set<Map<String, String>> finished) {
    Set<String> varied = varied(distinct);
    Set<String> variedInResults = varied(finished);
    Map<String, Method> byName = new LinkedHashMap<>();
    for (Map<String, String> settings : distinct) {
      String name = name(settings, finished.contains(settings) ? variedInResults : varied);
      String unique = name;
      for (int i = 2; byName.containsKey(unique); i++) {
        unique = name + " (" + i + ")";
      }
      byName.put(unique, new Method(unique, settings));
    }
    return List.copyOf(byName.values());
  }

  /**
   * Settings that are not the same within some method, and the method where there are several.
   * Where a setting is lacking, it says nothing.
   */
  static Set<String> varied(Collection<Map<String, String>> distinct) {
    Map<String, Map<String, Set<String>>> values = new LinkedHashMap<>();
    for (Map<String, String> settings : distinct) {
      String method = settings.getOrDefault(METHOD, "");
      settings.forEach(
          (key, value) ->
              values
                  .computeIfAbsent(key, k -> new LinkedHashMap<>())
                  .computeIfAbsent(method, m -> new LinkedHashSet<>())
                  .add(value));
    }
    Set<String> varied = new LinkedHashSet<>();
    values.forEach(
        (key, found) -> {
          if (key.equals(METHOD)
              ? found.size() > 1
              : found.values().stream().anyMatch(one -> one.size() > 1)) {
            varied.add(key);
          }
        });
    return varied;
  }

  private static String name(Map<String, String> settings, Set<String> varied) {
    List<String> parts = new ArrayList<>();
    if (settings.containsKey(METHOD)) {
      parts.add(settings.get(METHOD));
    }
    for (String key : varied) {
      if (!key.equals(METHOD) && settings.containsKey(key)) {
        parts.add(
            shortName(key)
                + " "
                + (key.endsWith("prompt") ? settings.get(key) : word(settings.get(key))));
      }
    }
    return parts.isEmpty() ? "result" : String.join(", ", parts);
  }

  /** Rows hold constants as the program spells them, {@code LR_LATENT}; settings are lr-latent. */
  static String word(String value) {
    return value.matches("[A-Z][A-Z0-9]+(_[A-Z0-9]+)*")
        ? value.toLowerCase(Locale.ROOT).replace('_', '-')
        : value;
  }

  /** A setting as it is written on axes: {@code w}, {@code steps}. */
  static String shortName(String key) {
    String last = key.substring(key.lastIndexOf('.') + 1);
    return last.equals("fusion-weight") ? "w" : last;
  }
}
