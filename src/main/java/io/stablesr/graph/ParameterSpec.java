package io.stablesr.graph;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

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

  /** The shape as checkpoints have it. */
  public long[] lengths() {
    return shape.stream().mapToLong(Integer::longValue).toArray();
  }

  /** The shape as tensors have it. */
  public int[] dims() {
    return shape.stream().mapToInt(Integer::intValue).toArray();
  }

  /** The shape of each parameter, in the same order. */
  public static Map<String, long[]> shapes(Map<String, ParameterSpec> parameters) {
    Map<String, long[]> shapes = new LinkedHashMap<>();
    parameters.forEach((key, spec) -> shapes.put(key, spec.lengths()));
    return shapes;
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
