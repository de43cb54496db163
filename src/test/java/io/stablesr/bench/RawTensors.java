package io.stablesr.bench;

import io.stablesr.core.FloatTensor;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * Tensors on their way to a program that has nothing but torch: {@code tensors.bin} holds fp32
 * values in the machine's order, {@code tensors.index} a line for each tensor with its name, its
 * first value and its shape.
 */
final class RawTensors implements AutoCloseable {
  /** Kernels want aligned memory. */
  private static final int ALIGNED_VALUES = 16;

  private final FileChannel values;
  private final BufferedWriter index;
  private long written;

  RawTensors(Path folder) throws IOException {
    values =
        FileChannel.open(
            folder.resolve("tensors.bin"), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    index = Files.newBufferedWriter(folder.resolve("tensors.index"), StandardCharsets.UTF_8);
  }

  /**
   * Appends a tensor.
   *
   * @param name without blanks
   */
  void add(String name, FloatTensor tensor) throws IOException {
    int padded = (tensor.size() + ALIGNED_VALUES - 1) / ALIGNED_VALUES * ALIGNED_VALUES;
    ByteBuffer bytes = ByteBuffer.allocate(Float.BYTES * padded).order(ByteOrder.nativeOrder());
    bytes.asFloatBuffer().put(tensor.data());
    while (bytes.hasRemaining()) {
      values.write(bytes);
    }
    index.write(
        "%s %d %s%n"
            .formatted(
                name,
                written,
                Arrays.stream(tensor.shape())
                    .mapToObj(Integer::toString)
                    .collect(Collectors.joining(" "))));
    written += padded;
  }

  /** The values of a file of fp32 values in the machine's order. */
  static FloatTensor read(Path file, int... shape) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.nativeOrder());
    float[] data = new float[bytes.remaining() / Float.BYTES];
    bytes.asFloatBuffer().get(data);
    return FloatTensor.of(data, shape);
  }

  @Override
  public void close() throws IOException {
    index.close();
    values.close();
  }
}
