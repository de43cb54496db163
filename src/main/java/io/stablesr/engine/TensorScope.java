package io.stablesr.engine;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import io.stablesr.core.FloatTensor;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;

/** Owns native tensors and frees them when closed. Not thread-safe. */
public final class TensorScope implements AutoCloseable {
  private final NDManager manager;
  private final AtomicInteger openScopes;

  TensorScope(NDManager manager, AtomicInteger openScopes) {
    this.manager = manager;
    this.openScopes = openScopes;
    openScopes.incrementAndGet();
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

  /**
   * A window of an image tensor {@code [N,C,H,W]}: rows {@code top..top+height-1}, columns {@code
   * left..left+width-1}. It shares memory with {@code image} and keeps that alive.
   */
  public DeviceTensor crop(DeviceTensor image, int top, int left, int height, int width) {
    NDIndex window =
        new NDIndex().addAllDim(2).addSliceDim(top, top + height).addSliceDim(left, left + width);
    PtNDArray view = (PtNDArray) image.array().get(manager, window);
    return new DeviceTensor(view);
  }

  /** A scope inside this one, for tensors that are needed for a shorter time. */
  public TensorScope child() {
    return new TensorScope(manager.newSubManager(), openScopes);
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
    if (manager.isOpen()) {
      openScopes.decrementAndGet();
    }
    manager.close();
  }
}
