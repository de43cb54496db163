package io.stablesr.engine;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import io.stablesr.core.FloatTensor;
import java.nio.FloatBuffer;
import java.util.Arrays;

/** Owns native tensors and frees them when closed. Not thread-safe. */
public final class TensorScope implements AutoCloseable {
  private final NDManager manager;

  TensorScope(NDManager manager) {
    this.manager = manager;
  }

  /** Copies a tensor to the device. */
  public DeviceTensor upload(FloatTensor tensor) {
    Shape shape = new Shape(Arrays.stream(tensor.shape()).asLongStream().toArray());
    return new DeviceTensor((PtNDArray) manager.create(FloatBuffer.wrap(tensor.data()), shape));
  }

  /** Copies values to the device. */
  public DeviceTensor upload(float[] values, int... shape) {
    return upload(FloatTensor.of(values, shape));
  }

  /** A scope inside this one, for tensors that are needed for a shorter time. */
  public TensorScope child() {
    return new TensorScope(manager.newSubManager());
  }

  PtNDManager manager() {
    return (PtNDManager) manager;
  }

  /** Tensors that this scope owns now, without those of inner scopes. */
  public int liveTensors() {
    return manager.getManagedArrays().size();
  }

  @Override
  public void close() {
    manager.close();
  }
}
