package io.stablesr.checkpoint;

import io.stablesr.core.FloatTensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * A tensor inside a weight file: its description, and its values on demand. Nothing is read from
 * the file before one of {@link #bytes}, {@link #toFloats}, {@link #toLongs}, {@link #toDoubles} is
 * called, and each call reads anew.
 */
public final class StoredTensor {
  private final WeightFile file;
  private final String name;
  private final ElementType type;
  private final StorageRegion region;
  private final long offset;
  private final long[] shape;
  private final long[] strides;

  private StoredTensor(
      WeightFile file,
      String name,
      ElementType type,
      StorageRegion region,
      long offset,
      long[] shape,
      long[] strides) {
    this.file = file;
    this.name = name;
    this.type = type;
    this.region = region;
    this.offset = offset;
    this.shape = shape;
    this.strides = strides;
  }

  /**
   * Describes a tensor after checking that it stays inside its region.
   *
   * @param offset of the first element inside the region, in elements
   */
  static StoredTensor checked(
      WeightFile file,
      String name,
      ElementType type,
      StorageRegion region,
      long offset,
      long[] shape,
      long[] strides) {
    if (shape.length > TensorLayout.MAX_RANK || shape.length != strides.length || offset < 0) {
      throw file.corrupt(
          "a tensor has %d dimensions, %d strides and offset %d",
          shape.length, strides.length, offset);
    }
    if (Arrays.stream(shape).anyMatch(n -> n < 0) || Arrays.stream(strides).anyMatch(n -> n < 0)) {
      throw file.corrupt(
          "a tensor has shape %s and strides %s; negative numbers are not allowed",
          Arrays.toString(shape), Arrays.toString(strides));
    }
    try {
      long logicalBytes = Math.multiplyExact(TensorLayout.elements(shape), (long) type.bytes());
      // An expanded view repeats elements; the file's size bounds what reading it may allocate.
      if (logicalBytes > file.size()) {
        throw file.corrupt(
            "a tensor of shape %s would hold %d bytes, more than the whole file (%d)",
            Arrays.toString(shape), logicalBytes, file.size());
      }
      long end = Math.addExact(offset, TensorLayout.span(shape, strides));
      if (Math.multiplyExact(end, (long) type.bytes()) > region.bytes()) {
        throw file.corrupt(
            "a tensor of shape %s, strides %s and offset %d leaves its storage of %d bytes",
            Arrays.toString(shape), Arrays.toString(strides), offset, region.bytes());
      }
    } catch (ArithmeticException e) {
      throw file.corrupt("the size of a tensor of shape %s overflows", Arrays.toString(shape));
    }
    return new StoredTensor(file, name, type, region, offset, shape, strides);
  }

  /** The same tensor under another name. */
  public StoredTensor named(String newName) {
    return new StoredTensor(file, newName, type, region, offset, shape, strides);
  }

  /** The key in the checkpoint; empty for tensors outside its state dict. */
  public String name() {
    return name;
  }

  /** How the elements are stored. */
  public ElementType type() {
    return type;
  }

  /** A copy of the shape; empty for a scalar. */
  public long[] shape() {
    return shape.clone();
  }

  /** A copy of the strides, in elements. */
  public long[] strides() {
    return strides.clone();
  }

  /** Where the first element lies inside the storage, in elements. */
  public long storageOffset() {
    return offset;
  }

  /** The number of elements. */
  public long elements() {
    return TensorLayout.elements(shape);
  }

  /** Whether the elements lie one after the other in row-major order. */
  public boolean contiguous() {
    return TensorLayout.contiguous(shape, strides);
  }

  /**
   * The elements in row-major order, little-endian and read-only: a mapped slice of the file for a
   * contiguous tensor, a gathered copy otherwise. Always a direct buffer; a mapped one keeps the
   * alignment the file gave it and stays valid after the checkpoint is closed.
   *
   * @throws io.stablesr.core.StableSrException CHECKPOINT_CORRUPT when the tensor, or the part of
   *     the storage it looks into, has 2 GiB or more
   */
  public ByteBuffer bytes() {
    long elements = elements();
    long span = contiguous() ? elements : TensorLayout.span(shape, strides);
    if (Math.max(span, elements) * type.bytes() > Integer.MAX_VALUE) {
      throw file.corrupt(
          "tensor '%s' of shape %s spans %d bytes; a single tensor must stay below 2 GiB",
          name, Arrays.toString(shape), Math.max(span, elements) * type.bytes());
    }
    ByteBuffer window = file.map(region.fileOffset() + offset * type.bytes(), span * type.bytes());
    if (contiguous()) {
      return window;
    }
    return TensorLayout.gather(window, shape, strides, type.bytes())
        .asReadOnlyBuffer()
        .order(ByteOrder.LITTLE_ENDIAN);
  }

  /** The values as fp32: 16 bit floats exactly, F64 rounded, integers cast, BOOL as 0 or 1. */
  public FloatTensor toFloats() {
    int[] dimensions = new int[shape.length];
    for (int axis = 0; axis < shape.length; axis++) {
      if (shape[axis] > Integer.MAX_VALUE) {
        throw file.corrupt(
            "tensor '%s' of shape %s has a length beyond 2^31", name, Arrays.toString(shape));
      }
      dimensions[axis] = (int) shape[axis];
    }
    return FloatTensor.of(ElementReader.floats(type, bytes()), dimensions);
  }

  /** The values as integers, row-major; floating point values are truncated towards zero. */
  public long[] toLongs() {
    return ElementReader.longs(type, bytes());
  }

  /** The values in double precision, row-major; exact except for large I64. */
  public double[] toDoubles() {
    return ElementReader.doubles(type, bytes());
  }

  @Override
  public String toString() {
    return "%s %s%s".formatted(name, type, Arrays.toString(shape));
  }
}
