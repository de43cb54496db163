package io.stablesr.engine;

import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import io.stablesr.core.FloatTensor;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/** Owns native tensors and frees them when closed. Not thread-safe. */
public final class TensorScope implements AutoCloseable {
  private final NDManager manager;
  private final AtomicLong live;
  private int owned;

  TensorScope(NDManager manager, AtomicLong live) {
    this.manager = manager;
    this.live = live;
  }

  /** Copies a tensor to the device. */
  public DeviceTensor upload(FloatTensor tensor) {
    Shape shape = new Shape(Arrays.stream(tensor.shape()).asLongStream().toArray());
    return own((PtNDArray) manager.create(FloatBuffer.wrap(tensor.data()), shape));
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
    return own((PtNDArray) image.array().get(manager, window));
  }

  /** Entry {@code index} of a batch as {@code [1,...]}; shares memory with it as a crop does. */
  public DeviceTensor row(DeviceTensor batch, int index) {
    return own(
        (PtNDArray) batch.array().get(manager, new NDIndex().addSliceDim(index, index + 1L)));
  }

  /** Tensors of this scope one after the other in their first dimension. */
  public DeviceTensor concatenated(List<DeviceTensor> parts) {
    if (parts.size() == 1) {
      return parts.get(0);
    }
    NDList list = new NDList();
    parts.forEach(part -> list.add(part.array()));
    return own((PtNDArray) NDArrays.concat(list));
  }

  /** Counts an array that the manager already owns. */
  DeviceTensor own(PtNDArray array) {
    owned++;
    live.incrementAndGet();
    return new DeviceTensor(array);
  }

  PtNDManager manager() {
    return (PtNDManager) manager;
  }

  @Override
  public void close() {
    manager.close();
    live.addAndGet(-owned);
    owned = 0;
  }
}
