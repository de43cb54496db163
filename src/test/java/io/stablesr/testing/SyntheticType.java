package io.stablesr.testing;

import java.nio.ByteBuffer;

/** How floating-point values are stored in a synthetic weight file. */
public enum SyntheticType {
  /** 32 bits. */
  F32(4),
  /** bfloat16, rounded to nearest even. */
  BF16(2),
  /** IEEE half precision, rounded to nearest even. */
  F16(2);

  private final int bytes;

  SyntheticType(int bytes) {
    this.bytes = bytes;
  }

  /** Bytes for one value. */
  int bytes() {
    return bytes;
  }

  /** Appends {@code count} finite values to a little-endian buffer. */
  void put(ByteBuffer target, float[] values, int count) {
    for (int i = 0; i < count; i++) {
      switch (this) {
        case F32 -> target.putFloat(values[i]);
        case BF16 -> target.putShort(toBfloat16(values[i]));
        case F16 -> target.putShort(toHalf(values[i]));
      }
    }
  }

  static short toBfloat16(float value) {
    int bits = Float.floatToRawIntBits(value);
    return (short) ((bits + 0x7FFF + ((bits >>> 16) & 1)) >>> 16);
  }

  static short toHalf(float value) {
    int sign = Float.floatToRawIntBits(value) >>> 16 & 0x8000;
    float magnitude = Math.abs(value);
    if (magnitude >= 65520f) {
      return (short) (sign | 0x7C00);
    }
    if (magnitude < 0x1p-14f) {
      // Subnormal: rint of a product with a power of two rounds once, to nearest even.
      return (short) (sign | (int) Math.rint(magnitude * 0x1p24f));
    }
    int bits = Float.floatToRawIntBits(magnitude) - (112 << 23);
    return (short) (sign | (bits + 0xFFF + ((bits >>> 13) & 1)) >>> 13);
  }
}
