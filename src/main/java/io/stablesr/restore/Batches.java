package io.stablesr.restore;

import io.stablesr.core.FloatTensor;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** Tensors of equal shape as one, and back, along their first dimension. */
final class Batches {
  private Batches() {}

  static FloatTensor concatenated(List<FloatTensor> parts) {
    FloatTensor first = parts.get(0);
    if (parts.size() == 1) {
      return first;
    }
    float[] all = new float[first.size() * parts.size()];
    for (int i = 0; i < parts.size(); i++) {
      System.arraycopy(parts.get(i).data(), 0, all, i * first.size(), first.size());
    }
    int[] shape = first.shape();
    shape[0] *= parts.size();
    return FloatTensor.of(all, shape);
  }

  static List<FloatTensor> split(FloatTensor all, int parts) {
    int size = all.size() / parts;
    int[] shape = all.shape();
    shape[0] /= parts;
    return IntStream.range(0, parts)
        .mapToObj(
            i -> FloatTensor.of(Arrays.copyOfRange(all.data(), i * size, (i + 1) * size), shape))
        .toList();
  }
}
