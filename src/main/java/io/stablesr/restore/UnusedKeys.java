package io.stablesr.restore;

import io.stablesr.network.OfficialKeys;
import java.util.Collection;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Says in one line which keys of a file inference does not read. */
final class UnusedKeys {
  private UnusedKeys() {}

  /** For instance {@code 58 keys are not used: loss.* (56), schedule buffers (2)}. */
  static String line(Collection<String> names, Set<String> used) {
    TreeMap<String, Long> groups =
        names.stream()
            .filter(name -> !used.contains(name))
            .collect(Collectors.groupingBy(UnusedKeys::group, TreeMap::new, Collectors.counting()));
    long count = groups.values().stream().mapToLong(Long::longValue).sum();
    if (count == 0) {
      return "every key is used";
    }
    return groups.entrySet().stream()
        .map(group -> "%s (%d)".formatted(group.getKey(), group.getValue()))
        .collect(Collectors.joining(", ", "%d keys are not used: ".formatted(count), ""));
  }

  private static String group(String name) {
    if (OfficialKeys.scheduleBuffers().contains(name)) {
      return "schedule buffers";
    }
    int end = name.indexOf('.');
    return end < 0 ? name : name.substring(0, end) + ".*";
  }
}
