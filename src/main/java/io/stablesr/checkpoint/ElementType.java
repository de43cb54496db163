package io.stablesr.checkpoint;

import java.util.Arrays;
import java.util.Optional;

/** How one element of a stored tensor is encoded; always little-endian. */
public enum ElementType {
  /** IEEE 754 single precision. */
  F32(4, "FloatStorage", "float32"),
  /** IEEE 754 half precision. */
  F16(2, "HalfStorage", "float16"),
  /** The upper half of an IEEE 754 single. */
  BF16(2, "BFloat16Storage", "bfloat16"),
  /** IEEE 754 double precision. */
  F64(8, "DoubleStorage", "float64"),
  /** Signed 64 bit. */
  I64(8, "LongStorage", "int64"),
  /** Signed 32 bit. */
  I32(4, "IntStorage", "int32"),
  /** Signed 16 bit. */
  I16(2, "ShortStorage", "int16"),
  /** Signed 8 bit. */
  I8(1, "CharStorage", "int8"),
  /** Unsigned 8 bit. */
  U8(1, "ByteStorage", "uint8"),
  /** One byte, zero is false. */
  BOOL(1, "BoolStorage", "bool");

  private final int bytes;
  private final String torchStorage;
  private final String torchType;

  ElementType(int bytes, String torchStorage, String torchType) {
    this.bytes = bytes;
    this.torchStorage = torchStorage;
    this.torchType = torchType;
  }

  /** The number of bytes of one element. */
  public int bytes() {
    return bytes;
  }

  /** The type with this safetensors name ({@code F32}, {@code BF16}, ...). */
  static Optional<ElementType> ofSafetensors(String name) {
    return Arrays.stream(values()).filter(type -> type.name().equals(name)).findFirst();
  }

  /** The type of torch's {@code torch.<name>} storage class. */
  static Optional<ElementType> ofTorchStorage(String name) {
    return Arrays.stream(values()).filter(type -> type.torchStorage.equals(name)).findFirst();
  }

  /** The type of the {@code torch.<name>} dtype. */
  static Optional<ElementType> ofTorchType(String name) {
    return Arrays.stream(values()).filter(type -> type.torchType.equals(name)).findFirst();
  }
}
