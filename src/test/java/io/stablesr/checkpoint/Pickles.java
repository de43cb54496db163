package io.stablesr.checkpoint;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Writes protocol 2 pickles opcode by opcode, as torch.save does. */
final class Pickles {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  static Pickles start() {
    return new Pickles().op(0x80).op(2);
  }

  /** One opcode, or one byte of an operand. */
  Pickles op(int opcode) {
    out.write(opcode);
    return this;
  }

  Pickles mark() {
    return op('(');
  }

  Pickles global(String module, String name) {
    op('c');
    out.writeBytes((module + "\n" + name + "\n").getBytes(StandardCharsets.UTF_8));
    return this;
  }

  Pickles text(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    op('X').int32(bytes.length);
    out.writeBytes(bytes);
    return this;
  }

  Pickles integer(long value) {
    byte[] bytes = BigInteger.valueOf(value).toByteArray();
    op(0x8a).op(bytes.length);
    for (int i = bytes.length - 1; i >= 0; i--) {
      op(bytes[i]);
    }
    return this;
  }

  Pickles big(BigInteger value) {
    byte[] bytes = value.toByteArray();
    op(0x8a).op(bytes.length);
    for (int i = bytes.length - 1; i >= 0; i--) {
      op(bytes[i]);
    }
    return this;
  }

  Pickles int32(int value) {
    out.writeBytes(
        ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN).putInt(value).array());
    return this;
  }

  Pickles tuple(long... values) {
    mark();
    for (long value : values) {
      integer(value);
    }
    return op('t');
  }

  Pickles orderedDict() {
    return global("collections", "OrderedDict").op(')').op('R');
  }

  /** The storage reference alone. */
  Pickles storage(String type, String key, long elements) {
    return mark()
        .text("storage")
        .global("torch", type)
        .text(key)
        .text("cpu")
        .integer(elements)
        .op('t')
        .op('Q');
  }

  /** A tensor over a storage of {@code elements} elements. */
  Pickles tensor(
      String type, String key, long elements, long offset, long[] shape, long[] strides) {
    return global("torch._utils", "_rebuild_tensor_v2")
        .mark()
        .storage(type, key, elements)
        .integer(offset)
        .tuple(shape)
        .tuple(strides)
        .op(0x89)
        .orderedDict()
        .op('t')
        .op('R');
  }

  /** A one-dimensional float tensor that has its storage for itself. */
  Pickles floats(String key, long elements) {
    return tensor("FloatStorage", key, elements, 0, new long[] {elements}, new long[] {1});
  }

  byte[] stop() {
    op('.');
    return out.toByteArray();
  }
}
