package io.stablesr.checkpoint;

import java.nio.ByteBuffer;
import java.nio.ShortBuffer;
import java.util.function.IntToLongFunction;

/** Decodes a whole little-endian buffer of elements into Java arrays. */
final class ElementReader {
  private ElementReader() {}

  static float[] floats(ElementType type, ByteBuffer bytes) {
    float[] values = new float[bytes.remaining() / type.bytes()];
    switch (type) {
      case F32 -> bytes.asFloatBuffer().get(values);
      case F16 -> {
        ShortBuffer halves = bytes.asShortBuffer();
        for (int i = 0; i < values.length; i++) {
          values[i] = HalfPrecision.fromF16(halves.get(i));
        }
      }
      case BF16 -> {
        ShortBuffer halves = bytes.asShortBuffer();
        for (int i = 0; i < values.length; i++) {
          values[i] = HalfPrecision.fromBf16(halves.get(i));
        }
      }
      case F64 -> {
        for (int i = 0; i < values.length; i++) {
          values[i] = (float) bytes.getDouble(i * Double.BYTES);
        }
      }
      case I64, I32, I16, I8, U8, BOOL -> {
        IntToLongFunction integer = integers(type, bytes);
        for (int i = 0; i < values.length; i++) {
          values[i] = integer.applyAsLong(i);
        }
      }
    }
    return values;
  }

  static double[] doubles(ElementType type, ByteBuffer bytes) {
    double[] values = new double[bytes.remaining() / type.bytes()];
    switch (type) {
      case F64 -> bytes.asDoubleBuffer().get(values);
      case F32, F16, BF16 -> {
        float[] floats = floats(type, bytes);
        for (int i = 0; i < values.length; i++) {
          values[i] = floats[i];
        }
      }
      case I64, I32, I16, I8, U8, BOOL -> {
        IntToLongFunction integer = integers(type, bytes);
        for (int i = 0; i < values.length; i++) {
          values[i] = integer.applyAsLong(i);
        }
      }
    }
    return values;
  }

  static long[] longs(ElementType type, ByteBuffer bytes) {
    long[] values = new long[bytes.remaining() / type.bytes()];
    switch (type) {
      case F64, F32, F16, BF16 -> {
        double[] doubles = doubles(type, bytes);
        for (int i = 0; i < values.length; i++) {
          values[i] = (long) doubles[i];
        }
      }
      case I64, I32, I16, I8, U8, BOOL -> {
        IntToLongFunction integer = integers(type, bytes);
        for (int i = 0; i < values.length; i++) {
          values[i] = integer.applyAsLong(i);
        }
      }
    }
    return values;
  }

  private static IntToLongFunction integers(ElementType type, ByteBuffer bytes) {
    return switch (type) {
      case I64 -> i -> bytes.getLong(i * Long.BYTES);
      case I32 -> i -> bytes.getInt(i * Integer.BYTES);
      case I16 -> i -> bytes.getShort(i * Short.BYTES);
      case I8 -> bytes::get;
      case U8 -> i -> Byte.toUnsignedLong(bytes.get(i));
      case BOOL -> i -> Math.min(1, Byte.toUnsignedLong(bytes.get(i)));
      case F32, F16, BF16, F64 -> throw new IllegalArgumentException(type + " is no integer type");
    };
  }
}
