package io.stablesr.train;

import io.stablesr.engine.DeviceTensor;
import io.stablesr.engine.TensorScope;
import java.util.random.RandomGenerator;

/** Random tensors of a training step. */
final class Draws {
  private static final int VISITED = 4;

  private Draws() {}

  /** Unit normals. */
  static DeviceTensor normal(TensorScope scope, RandomGenerator random, int... shape) {
    int size = 1;
    for (int length : shape) {
      size *= length;
    }
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return scope.upload(values, shape);
  }

  /**
   * A timestep for each entry: of three, one is the highest, one of those that four steps visit,
   * one any.
   */
  static int[] timesteps(RandomGenerator random, int count, int size) {
    int[] timesteps = new int[count];
    for (int i = 0; i < count; i++) {
      int visited = (int) Math.rint((size - 1.0) * (1 + random.nextInt(VISITED)) / VISITED);
      int any = random.nextInt(size);
      timesteps[i] =
          switch (random.nextInt(3)) {
            case 0 -> size - 1;
            case 1 -> visited;
            default -> any;
          };
    }
    return timesteps;
  }
}
