package io.stablesr.checkpoint;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;

/**
 * The bytes of a pickle. Every length is compared with what is left before anything is allocated.
 */
final class PickleInput {
  /** Pickles of known checkpoints have well below 2 MB; the weights lie outside the pickle. */
  static final int MAX_BYTES = 64 << 20;

  private static final int MAX_LINE = 1024;
  private static final int MAX_INTEGER_BYTES = 255;

  private final WeightFile file;
  private final ByteBuffer buffer;

  /** {@code buffer} is little-endian, from the first opcode to where the pickle must have ended. */
  PickleInput(WeightFile file, ByteBuffer buffer) {
    this.file = file;
    this.buffer = buffer;
  }

  WeightFile file() {
    return file;
  }

  int position() {
    return buffer.position();
  }

  int unsignedByte() {
    require(1);
    return Byte.toUnsignedInt(buffer.get());
  }

  int unsignedShort() {
    require(Short.BYTES);
    return Short.toUnsignedInt(buffer.getShort());
  }

  int signedInt() {
    require(Integer.BYTES);
    return buffer.getInt();
  }

  long unsignedInt() {
    return Integer.toUnsignedLong(signedInt());
  }

  long signedLong() {
    require(Long.BYTES);
    return buffer.getLong();
  }

  /** BINFLOAT is the one big-endian item of the format. */
  double bigEndianDouble() {
    return Double.longBitsToDouble(Long.reverseBytes(signedLong()));
  }

  byte[] bytes(long length) {
    require(length);
    byte[] bytes = new byte[(int) length];
    buffer.get(bytes);
    return bytes;
  }

  String text(long length, Charset charset) {
    return new String(bytes(length), charset);
  }

  BigInteger integer(long length) {
    if (length < 0 || length > MAX_INTEGER_BYTES) {
      throw file.corrupt(
          "its pickle holds an integer of %d bytes; the limit is %d", length, MAX_INTEGER_BYTES);
    }
    byte[] bytes = bytes(length);
    for (int i = 0, j = bytes.length - 1; i < j; i++, j--) {
      byte swapped = bytes[i];
      bytes[i] = bytes[j];
      bytes[j] = swapped;
    }
    return bytes.length == 0 ? BigInteger.ZERO : new BigInteger(bytes);
  }

  /** Text up to a line feed, which is consumed. */
  String line() {
    int length = 0;
    while (true) {
      if (length == MAX_LINE || length == buffer.remaining()) {
        throw file.corrupt("its pickle holds a name without an end");
      }
      if (buffer.get(buffer.position() + length) == '\n') {
        String line = text(length, StandardCharsets.UTF_8);
        buffer.get();
        return line;
      }
      length++;
    }
  }

  private void require(long length) {
    if (length < 0 || length > buffer.remaining()) {
      throw file.corrupt(
          "its pickle ends early: %d bytes are needed at %d but %d are left (truncated?)",
          length, buffer.position(), buffer.remaining());
    }
  }
}
