package io.stablesr.report;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
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

  /** Methods for distinct settings, with names that differ. */
  static List<Method> of(Collection<Map<String, String>> distinct) {
    Set<String> varied = varied(distinct);
    Map<String, Method> byName = new LinkedHashMap<>();
    for (Map<String, String> settings : distinct) {
      String name = name(settings, varied);
      String unique = name;
      for (int i = 2; byName.containsKey(unique); i++) {
        unique = name + " (" + i + ")";
      }
      byName.put(unique, new Method(unique, settings));
    }
    return List.copyOf(byName.values());
  }

  /** Settings that are not the same everywhere. Where one is lacking, it says nothing. */
  static Set<String> varied(Collection<Map<String, String>> distinct) {
    Map<String, Set<String>> values = new LinkedHashMap<>();
    for (Map<String, String> settings : distinct) {
      settings.forEach(
          (key, value) -> values.computeIfAbsent(key, k -> new LinkedHashSet<>()).add(value));
    }
    Set<String> varied = new LinkedHashSet<>();
    values.forEach(
        (key, found) -> {
          if (found.size() > 1) {
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
        parts.add(shortName(key) + " " + settings.get(key));
      }
    }
    return parts.isEmpty() ? "result" : String.join(", ", parts);
  }

  /** A setting as it is written on axes: {@code w}, {@code steps}. */
  static String shortName(String key) {
    String last = key.substring(key.lastIndexOf('.') + 1);
    return last.equals("fusion-weight") ? "w" : last;
  }
}
