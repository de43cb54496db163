package io.stablesr.sweep;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Settings with several values each; every combination is a configuration.
 *
 * @param name its name in the configuration file
 * @param axes values by the path of their setting
 */
public record Grid(String name, Map<String, List<String>> axes) {
  /** Takes copies that keep the order. */
  public Grid {
    Map<String, List<String>> copy = new LinkedHashMap<>();
    axes.forEach((path, values) -> copy.put(path, List.copyOf(values)));
    axes = Collections.unmodifiableMap(copy);
  }

  /** All combinations, the last setting varying fastest; one empty one without settings. */
  public List<Map<String, String>> points() {
    List<Map<String, String>> points = List.of(Map.of());
    for (Map.Entry<String, List<String>> axis : axes.entrySet()) {
      List<Map<String, String>> longer = new ArrayList<>();
      for (Map<String, String> point : points) {
        for (String value : axis.getValue()) {
          Map<String, String> next = new LinkedHashMap<>(point);
          next.put(axis.getKey(), value);
          longer.add(next);
        }
      }
      points = longer;
    }
    return points;
  }
}
