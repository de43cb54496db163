package io.stablesr.checkpoint;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.stream.IntStream;

/** Arithmetic on shapes and strides, with every product and sum checked for overflow. */
final class TensorLayout {
  static final int MAX_RANK = 64;

  private TensorLayout() {}

  /** The row-major strides of {@code shape}, in elements. */
  static long[] rowMajor(long[] shape) {
    long[] strides = new long[shape.length];
    long stride = 1;
    for (int axis = shape.length - 1; axis >= 0; axis--) {
      strides[axis] = stride;
      stride = Math.multiplyExact(stride, Math.max(1, shape[axis]));
    }
    return strides;
  }

  /**
   * The number of elements.
   *
   * @throws ArithmeticException when the product of the non-zero lengths overflows, so that no
   *     later product over part of the shape can
   */
  static long elements(long[] shape) {
    long nonZero = Arrays.stream(shape).map(n -> Math.max(1, n)).reduce(1, Math::multiplyExact);
    return Arrays.stream(shape).anyMatch(n -> n == 0) ? 0 : nonZero;
  }

  /** The number of elements from the first to the last one touched; 0 for an empty tensor. */
  static long span(long[] shape, long[] strides) {
    if (elements(shape) == 0) {
      return 0;
    }
    long last = 0;
    for (int axis = 0; axis < shape.length; axis++) {
      last = Math.addExact(last, Math.multiplyExact(shape[axis] - 1, strides[axis]));
    }
    return Math.addExact(last, 1);
  }

  /** Whether the elements lie one after the other in row-major order. */
  static boolean contiguous(long[] shape, long[] strides) {
    long[] expected = rowMajor(shape);
    return elements(shape) == 0
        || IntStream.range(0, shape.length)
            .allMatch(axis -> shape[axis] == 1 || strides[axis] == expected[axis]);
  }

  /** Copies a strided view out of {@code source} into a new row-major little-endian buffer. */
  static ByteBuffer gather(ByteBuffer source, long[] shape, long[] strides, int elementBytes) {
    int elements = Math.toIntExact(elements(shape));
    ByteBuffer target =
        ByteBuffer.allocateDirect(Math.multiplyExact(elements, elementBytes))
            .order(ByteOrder.LITTLE_ENDIAN);
    long[] index = new long[shape.length];
    long position = 0;
    for (int element = 0; element < elements; element++) {
      copyElement(source, Math.toIntExact(position * elementBytes), target, elementBytes);
      for (int axis = shape.length - 1; axis >= 0; axis--) {
        index[axis]++;
        position += strides[axis];
        if (index[axis] < shape[axis]) {
          break;
        }
        position -= index[axis] * strides[axis];
        index[axis] = 0;
      }
    }
    return target.flip();
  }

  private static void copyElement(ByteBuffer source, int at, ByteBuffer target, int bytes) {
    switch (bytes) {
      case 1 -> target.put(source.get(at));
      case 2 -> target.putShort(source.getShort(at));
      case 4 -> target.putInt(source.getInt(at));
      case 8 -> target.putLong(source.getLong(at));
      default -> throw new IllegalArgumentException("No element has " + bytes + " bytes");
    }
  }
}
