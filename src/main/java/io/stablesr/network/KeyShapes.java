package io.stablesr.network;

import io.stablesr.core.ErrorCode;
import io.stablesr.core.StableSrException;
import java.util.Arrays;
import java.util.Map;

/** The shapes of a file's tensors by key, with questions that name the key in their errors. */
final class KeyShapes {
  /** More than any network has; keeps a damaged file from asking for endless recordings. */
  private static final int MAX_LENGTH = 1 << 20;

  private static final int MAX_INDEX = 999;

  private final Map<String, long[]> shapes;

  KeyShapes(Map<String, long[]> shapes) {
    this.shapes = shapes;
  }

  /** The length of one axis of the tensor with this key. */
  int length(String key, int axis) {
    long[] shape = shapes.get(key);
    if (shape == null) {
      throw new StableSrException(
          ErrorCode.CHECKPOINT_KEYS,
          "Cannot tell the architecture: 1 key is missing (%s) that its widths are read from. Is the file complete?"
              .formatted(key));
    }
    if (shape.length <= axis || shape[axis] < 1 || shape[axis] > MAX_LENGTH) {
      throw new StableSrException(
          ErrorCode.CHECKPOINT_KEYS,
          "Cannot tell the architecture: %s has shape %s, which needs %d or more axes with lengths in 1..%d."
              .formatted(key, Arrays.toString(shape), axis + 1, MAX_LENGTH));
    }
    return (int) shape[axis];
  }

  /** {@link #length} divided by {@code unit}, which has to divide it. */
  int multiple(String key, int axis, int unit) {
    int length = length(key, axis);
    if (length % unit != 0) {
      throw new StableSrException(
          ErrorCode.CHECKPOINT_KEYS,
          "Cannot tell the architecture: %s has %d channels, which is no multiple of the first level's %d."
              .formatted(key, length, unit));
    }
    return length / unit;
  }

  boolean any(String prefix) {
    return shapes.keySet().stream().anyMatch(key -> key.startsWith(prefix));
  }

  /** One more than the largest number that follows {@code prefix}; 0 where there is none. */
  int count(String prefix) {
    return shapes.keySet().stream()
        .filter(key -> key.startsWith(prefix))
        .map(key -> key.substring(prefix.length()).split("\\.", 2)[0])
        .filter(part -> part.matches("\\d{1,9}"))
        .mapToInt(part -> requireSmall(prefix, Integer.parseInt(part)) + 1)
        .max()
        .orElse(0);
  }

  private static int requireSmall(String prefix, int index) {
    if (index > MAX_INDEX) {
      throw new StableSrException(
          ErrorCode.CHECKPOINT_KEYS,
          "Cannot tell the architecture: there is a key %s%d; blocks are numbered up to %d."
              .formatted(prefix, index, MAX_INDEX));
    }
    return index;
  }
}
