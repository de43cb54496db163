package io.stablesr.checkpoint;

import io.stablesr.checkpoint.PickleValue.Bytes;
import io.stablesr.checkpoint.PickleValue.Inert;
import io.stablesr.checkpoint.PickleValue.Name;
import io.stablesr.checkpoint.PickleValue.Sequence;
import io.stablesr.checkpoint.PickleValue.Text;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Optional;

/** Decodes {@code numpy.core.multiarray.scalar(dtype, bytes)}: metrics and learning rates. */
final class NumpyScalar {
  private NumpyScalar() {}

  /** The number, or nothing when the dtype is not one of the plain numeric ones. */
  static Optional<PickleValue> decode(List<PickleValue> arguments) {
    if (arguments.size() != 2
        || !(arguments.get(0) instanceof Inert dtype)
        || !(dtype.callee() instanceof Name name)
        || !name.qualified().equals("numpy.dtype")
        || !(arguments.get(1) instanceof Bytes bytes)) {
      return Optional.empty();
    }
    return code(dtype)
        .flatMap(code -> number(code, ByteBuffer.wrap(bytes.value()).order(order(dtype))));
  }

  private static Optional<String> code(Inert dtype) {
    return dtype.arguments() instanceof Sequence arguments
            && !arguments.items().isEmpty()
            && arguments.items().get(0) instanceof Text code
        ? Optional.of(code.value())
        : Optional.empty();
  }

  /** The second item of a dtype's state is its byte order. */
  private static ByteOrder order(Inert dtype) {
    boolean big =
        dtype.state().orElse(null) instanceof Sequence state
            && state.items().size() > 1
            && state.items().get(1) instanceof Text order
            && order.value().equals(">");
    return big ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
  }

  private static Optional<PickleValue> number(String code, ByteBuffer bytes) {
    return switch (code + ":" + bytes.remaining()) {
      case "f8:8" -> real(bytes.getDouble());
      case "f4:4" -> real(bytes.getFloat());
      case "f2:2" -> real(HalfPrecision.fromF16(bytes.getShort()));
      case "i8:8" -> integer(bytes.getLong());
      case "i4:4" -> integer(bytes.getInt());
      case "i2:2" -> integer(bytes.getShort());
      case "i1:1" -> integer(bytes.get());
      case "u8:8" ->
          Optional.of(new PickleValue.Int(new BigInteger(Long.toUnsignedString(bytes.getLong()))));
      case "u4:4" -> integer(Integer.toUnsignedLong(bytes.getInt()));
      case "u2:2" -> integer(Short.toUnsignedInt(bytes.getShort()));
      case "u1:1" -> integer(Byte.toUnsignedInt(bytes.get()));
      case "b1:1" -> Optional.of(new PickleValue.Bool(bytes.get() != 0));
      default -> Optional.empty();
    };
  }

  private static Optional<PickleValue> real(double value) {
    return Optional.of(new PickleValue.Real(value));
  }

  private static Optional<PickleValue> integer(long value) {
    return Optional.of(new PickleValue.Int(BigInteger.valueOf(value)));
  }
}
