package io.stablesr.report;

import java.util.ArrayList;
import java.util.List;

/** Takes some of many, evenly. */
final class Spread {
  private Spread() {}

  /** At most {@code count} of the items, in their order, at equal distances. */
  static <T> List<T> over(List<T> items, int count) {
    if (items.size() <= count) {
      return List.copyOf(items);
    }
    List<T> taken = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      taken.add(items.get((int) ((long) i * items.size() / count)));
    }
    return List.copyOf(taken);
  }
}
