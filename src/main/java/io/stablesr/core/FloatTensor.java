package io.stablesr.core;

import java.util.Arrays;

/**
 * A dense row-major fp32 tensor on the Java heap: what crosses the border between the networks and
 * everything else (latents {@code [N,4,h,w]}, images {@code [3,H,W]}, text contexts {@code
 * [N,77,C]}).
 *
 * <p>The data array is shared, not copied: whoever creates a tensor gives the array away. Methods
 * of this project do not write into tensors they were given unless their name says so.
 */
public final class FloatTensor {
  private final int[] shape;
  private final float[] data;

  private FloatTensor(float[] data, int[] shape) {
    this.data = data;
    this.shape = shape;
  }

  /** Wraps {@code data}; its length must be the product of {@code shape}. */
  public static FloatTensor of(float[] data, int... shape) {
    int size = size(shape);
    if (data.length != size) {
      throw new IllegalArgumentException(
          "Cannot wrap %d values as %s, which needs %d"
              .formatted(data.length, Arrays.toString(shape), size));
    }
    return new FloatTensor(data, shape.clone());
  }

  /** A tensor of zeros. */
  public static FloatTensor zeros(int... shape) {
    return new FloatTensor(new float[size(shape)], shape.clone());
  }

  /** A copy of the shape. */
  public int[] shape() {
    return shape.clone();
  }

  /** The number of dimensions. */
  public int rank() {
    return shape.length;
  }

  /** The length of dimension {@code axis}; negative counts from the end. */
  public int dim(int axis) {
    return shape[axis < 0 ? shape.length + axis : axis];
  }

  /** The number of elements. */
  public int size() {
    return data.length;
  }

  /** The backing array, row-major. */
  public float[] data() {
    return data;
  }

  /** The same data under another shape of the same size. */
  public FloatTensor reshape(int... newShape) {
    return of(data, newShape);
  }

  /** An independent copy. */
  public FloatTensor copy() {
    return new FloatTensor(data.clone(), shape.clone());
  }

  /** Whether both have the same dimensions. */
  public boolean sameShape(FloatTensor other) {
    return Arrays.equals(shape, other.shape);
  }

  @Override
  public String toString() {
    return "FloatTensor" + Arrays.toString(shape);
  }

  private static int size(int[] shape) {
    long size = 1;
    for (int length : shape) {
      if (length < 0) {
        throw new IllegalArgumentException("Negative length in shape " + Arrays.toString(shape));
      }
      size = Math.multiplyExact(size, length);
    }
    return Math.toIntExact(size);
  }
}
