package io.stablesr.engine;

import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import io.stablesr.core.FloatTensor;
import java.nio.FloatBuffer;
import java.util.Arrays;

/** A tensor in native memory, owned by the {@link TensorScope} it was made in. */
public final class DeviceTensor {
  private final PtNDArray array;

  DeviceTensor(PtNDArray array) {
    this.array = array;
  }

  PtNDArray array() {
    return array;
  }

  /** The dimensions. */
  public int[] shape() {
    return Arrays.stream(array.getShape().getShape()).mapToInt(Math::toIntExact).toArray();
  }

  /** Length of dimension {@code axis}. */
  public int dim(int axis) {
    return Math.toIntExact(array.getShape().get(axis));
  }

  /**
   * Adds the derivatives of this value, a tensor of one element, to the gradients of the leaves it
   * was computed from, and forgets how it was computed.
   */
  public void backward() {
    try (PtNDArray one = (PtNDArray) array.getManager().ones(array.getShape())) {
      JniUtils.backward(array, one, false, false);
    }
  }

  /** The value of a tensor of one element. */
  public float item() {
    return download().data()[0];
  }

  /** Copies the values to the Java heap. */
  public FloatTensor download() {
    FloatBuffer values = array.toByteBuffer(true).asFloatBuffer();
    float[] data = new float[values.remaining()];
    values.get(data);
    return FloatTensor.of(data, shape());
  }
}
