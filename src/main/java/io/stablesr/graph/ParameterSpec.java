package io.stablesr.graph;

import java.util.List;

/**
 * One weight a network needs.
 *
 * @param key official state-dict key
 * @param shape its dimensions
 */
public record ParameterSpec(String key, List<Integer> shape) {
  /** Copies the shape. */
  public ParameterSpec {
    shape = List.copyOf(shape);
  }

  /** The number of values. */
  public long size() {
    long size = 1;
    for (int length : shape) {
      size *= length;
    }
    return size;
  }
}
