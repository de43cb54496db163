package io.stablesr.image;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** One field of a TIFF directory; its value is raw bytes in the byte order of the structure. */
final class TiffField {
  static final int BYTE = 1;
  static final int ASCII = 2;
  static final int SHORT = 3;
  static final int LONG = 4;
  static final int UNDEFINED = 7;
  static final int LONG8 = 16;

  /** Bytes of one value of a type by its number; 0 is no type. */
  private static final int[] TYPE_BYTES = {0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4, 0, 0, 8, 8, 8};

  private final int tag;
  private final int type;
  private final long count;
  private final byte[] value;

  TiffField(int tag, int type, long count, byte[] value) {
    this.tag = tag;
    this.type = type;
    this.count = count;
    this.value = value;
  }

  int tag() {
    return tag;
  }

  int type() {
    return type;
  }

  long count() {
    return count;
  }

  byte[] value() {
    return value;
  }

  /** Bytes of one value, 0 for an unknown type. */
  static int typeBytes(int type) {
    return type >= 0 && type < TYPE_BYTES.length ? TYPE_BYTES[type] : 0;
  }

  /** 16-bit numbers. */
  static TiffField shorts(int tag, ByteOrder order, int... values) {
    ByteBuffer bytes = ByteBuffer.allocate(2 * values.length).order(order);
    for (int value : values) {
      bytes.putShort((short) value);
    }
    return new TiffField(tag, SHORT, values.length, bytes.array());
  }

  /** One 32-bit number. */
  static TiffField number(int tag, ByteOrder order, int value) {
    return new TiffField(tag, LONG, 1, ByteBuffer.allocate(4).order(order).putInt(value).array());
  }

  /** A number of 16 bits where it fits, as old readers expect, else of 32. */
  static TiffField size(int tag, ByteOrder order, int value) {
    return value <= 0xffff ? shorts(tag, order, value) : number(tag, order, value);
  }

  /** Offsets or lengths: 64 bits each in BigTIFF, else 32. */
  static TiffField offsets(int tag, ByteOrder order, boolean big, long[] values) {
    ByteBuffer bytes = ByteBuffer.allocate((big ? 8 : 4) * values.length).order(order);
    for (long value : values) {
      if (big) {
        bytes.putLong(value);
      } else {
        bytes.putInt((int) value);
      }
    }
    return new TiffField(tag, big ? LONG8 : LONG, values.length, bytes.array());
  }

  /** A text that ends with a zero; what is not ASCII is escaped. */
  static TiffField ascii(int tag, String text) {
    StringBuilder escaped = new StringBuilder();
    text.chars()
        .forEach(
            c -> {
              if (c < 128) {
                escaped.append((char) c);
              } else {
                escaped.append("\\u%04x".formatted(c));
              }
            });
    byte[] bytes = escaped.append('\0').toString().getBytes(StandardCharsets.US_ASCII);
    return new TiffField(tag, ASCII, bytes.length, bytes);
  }

  static TiffField bytes(int tag, int type, byte[] value) {
    return new TiffField(tag, type, value.length, value);
  }

  /** The first value of a SHORT or LONG field. */
  long firstNumber(ByteOrder order) {
    ByteBuffer bytes = ByteBuffer.wrap(value).order(order);
    return switch (type) {
      case SHORT -> bytes.getShort() & 0xffffL;
      case LONG -> bytes.getInt() & 0xffffffffL;
      case LONG8 -> bytes.getLong();
      default -> value.length > 0 ? value[0] & 0xffL : 0;
    };
  }

  /** The same field for a structure of another byte order. */
  TiffField inOrder(ByteOrder from, ByteOrder to) {
    // A rational is two numbers of four bytes.
    int unit = type == 5 || type == 10 ? 4 : typeBytes(type);
    if (from.equals(to) || unit < 2) {
      return this;
    }
    byte[] swapped = new byte[value.length];
    for (int i = 0; i < value.length; i++) {
      swapped[i] = value[i / unit * unit + unit - 1 - i % unit];
    }
    return new TiffField(tag, type, count, swapped);
  }
}
