package io.stablesr.train;

import io.stablesr.core.ErrorCode;
import io.stablesr.core.FloatTensor;
import io.stablesr.core.StableSrException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Files of one fp32 array in the format of numpy ({@code .npy} version 1): the published training
 * set of the fusion keeps its latents in them.
 */
final class NumpyFile {
  private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0};
  private static final int ALIGNMENT = 64;
  private static final Pattern HEADER =
      Pattern.compile(
          "\\{'descr': '<f4', 'fortran_order': False, 'shape': \\(([0-9, ]*)\\), \\}\\s*");

  private NumpyFile() {}

  /** Writes {@code tensor}, replacing the file at once. */
  static void write(Path file, FloatTensor tensor) throws IOException {
    String shape =
        Arrays.stream(tensor.shape()).mapToObj(n -> n + ",").collect(Collectors.joining(" "));
    if (tensor.rank() > 1) {
      shape = shape.substring(0, shape.length() - 1);
    }
    String text = "{'descr': '<f4', 'fortran_order': False, 'shape': (" + shape + "), }";
    int length = MAGIC.length + 2 + text.length() + 1;
    int padded = (length + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    ByteBuffer bytes =
        ByteBuffer.allocate(padded + 4 * tensor.size()).order(ByteOrder.LITTLE_ENDIAN);
    bytes.put(MAGIC).putShort((short) (padded - MAGIC.length - 2));
    bytes.put((text + " ".repeat(padded - length) + "\n").getBytes(StandardCharsets.US_ASCII));
    for (float value : tensor.data()) {
      bytes.putFloat(value);
    }
    ReplacedFile.write(file, temporary -> Files.write(temporary, bytes.array()));
  }

  /** Reads an array. */
  static FloatTensor read(Path file) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    byte[] magic = new byte[MAGIC.length];
    if (bytes.remaining() < MAGIC.length + 2) {
      throw refused(file);
    }
    bytes.get(magic);
    if (!Arrays.equals(magic, MAGIC)) {
      throw refused(file);
    }
    return read(file, bytes);
  }

  private static FloatTensor read(Path file, ByteBuffer bytes) {
    int length = Short.toUnsignedInt(bytes.getShort());
    if (bytes.remaining() < length) {
      throw refused(file);
    }
    byte[] header = new byte[length];
    bytes.get(header);
    Matcher matcher = HEADER.matcher(new String(header, StandardCharsets.US_ASCII));
    if (!matcher.matches()) {
      throw refused(file);
    }
    int[] shape =
        Arrays.stream(matcher.group(1).split(",", -1))
            .map(String::strip)
            .filter(n -> !n.isEmpty())
            .mapToInt(Integer::parseInt)
            .toArray();
    float[] values = new float[bytes.remaining() / 4];
    bytes.asFloatBuffer().get(values);
    long size = Arrays.stream(shape).asLongStream().reduce(1, (a, b) -> a * b);
    if (size != values.length) {
      throw refused(file);
    }
    return FloatTensor.of(values, shape);
  }

  private static StableSrException refused(Path file) {
    return new StableSrException(
        ErrorCode.CHECKPOINT_CORRUPT,
        "%s is not a whole .npy file of fp32 values in row-major order.".formatted(file));
  }
}
