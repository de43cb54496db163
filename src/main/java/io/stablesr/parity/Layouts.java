package io.stablesr.parity;

import io.stablesr.core.FloatTensor;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Blocks whose values are the same may keep them as {@code [N,C,H,W]}, as {@code [N,C,L]} or as
 * tokens {@code [N,L,C]}.
 */
final class Layouts {
  private Layouts() {}

  /** {@code actual} in the layout of {@code expected}; unchanged if there is none that fits. */
  static FloatTensor like(FloatTensor actual, FloatTensor expected) {
    if (actual.size() != expected.size() || actual.rank() < 3 || actual.dim(0) != expected.dim(0)) {
      return actual;
    }
    int inner = actual.size() / actual.dim(0) / actual.dim(1);
    List<FloatTensor> candidates = new ArrayList<>();
    if (actual.dim(1) == expected.dim(1)) {
      candidates.add(actual.reshape(expected.shape()));
    }
    if (inner == expected.dim(1)) {
      candidates.add(transposed(actual, inner).reshape(expected.shape()));
    }
    // With as many channels as places only the values tell which layout was recorded.
    return candidates.stream()
        .min(Comparator.comparingDouble(candidate -> distance(candidate, expected)))
        .orElse(actual);
  }

  private static double distance(FloatTensor one, FloatTensor other) {
    return Difference.of(one.size(), i -> one.data()[i], i -> other.data()[i]).relativeL2();
  }

  private static FloatTensor transposed(FloatTensor tensor, int inner) {
    int batch = tensor.dim(0);
    int outer = tensor.dim(1);
    FloatTensor result = FloatTensor.zeros(batch, inner, outer);
    for (int n = 0; n < batch; n++) {
      for (int i = 0; i < outer; i++) {
        for (int j = 0; j < inner; j++) {
          result.data()[(n * inner + j) * outer + i] = tensor.data()[(n * outer + i) * inner + j];
        }
      }
    }
    return result;
  }
}
