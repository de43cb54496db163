package io.stablesr.testing;

import io.stablesr.core.FloatTensor;
import java.util.Random;

/** Standard normal values for tests and benchmarks. */
public final class NormalTensors {
  private NormalTensors() {}

  /** The same for the same seed and number of values. */
  public static FloatTensor of(long seed, int... shape) {
    FloatTensor tensor = FloatTensor.zeros(shape);
    Random random = new Random(seed);
    for (int i = 0; i < tensor.size(); i++) {
      tensor.data()[i] = (float) random.nextGaussian();
    }
    return tensor;
  }
}
