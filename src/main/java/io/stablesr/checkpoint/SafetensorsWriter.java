package io.stablesr.checkpoint;

import com.google.gson.stream.JsonWriter;
import io.stablesr.core.ErrorCode;
import io.stablesr.core.FloatTensor;
import io.stablesr.core.StableSrException;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Supplier;

/**
 * Writes a safetensors file. Tensors are named first and produced one at a time while the file is
 * written, so memory holds one of them. The header lists them in the order they were added; the
 * data has wider elements first, which keeps every tensor aligned to its element size. The same
 * calls give the same bytes.
 */
public final class SafetensorsWriter {
  private static final int ALIGNMENT = 8;
  private static final int PIECE_BYTES = 1 << 23;

  private final Map<String, String> metadata;
  private final Map<String, Item> items = new LinkedHashMap<>();

  private record Item(
      String name, ElementType type, List<Long> shape, long bytes, Supplier<ByteBuffer> source) {}

  /** A writer of a file with this metadata, in its order; may be empty. */
  public SafetensorsWriter(Map<String, String> metadata) {
    this.metadata = new LinkedHashMap<>(metadata);
  }

  /**
   * Adds a tensor.
   *
   * @param source gives the row-major little-endian elements when it is the tensor's turn
   */
  public SafetensorsWriter add(
      String name, ElementType type, long[] shape, Supplier<ByteBuffer> source) {
    long bytes = Math.multiplyExact(TensorLayout.elements(shape), (long) type.bytes());
    List<Long> lengths = Arrays.stream(shape).boxed().toList();
    if (name.equals("__metadata__")
        || items.putIfAbsent(name, new Item(name, type, lengths, bytes, source)) != null) {
      throw new IllegalArgumentException("Cannot add tensor '" + name + "': the name is taken");
    }
    return this;
  }

  /** Adds a tensor of another file as it is. */
  public SafetensorsWriter add(StoredTensor tensor) {
    return add(tensor.name(), tensor.type(), tensor.shape(), tensor::bytes);
  }

  /** Adds a tensor of another file, converted to F32, F16 or BF16. */
  public SafetensorsWriter add(StoredTensor tensor, ElementType type) {
    if (tensor.type() == type) {
      return add(tensor);
    }
    requireFloat(type);
    return add(tensor.name(), type, tensor.shape(), () -> encode(tensor.toFloats().data(), type));
  }

  /** Adds a tensor of the heap as F32, F16 or BF16; it must not change before {@link #write}. */
  public SafetensorsWriter add(String name, FloatTensor tensor, ElementType type) {
    requireFloat(type);
    long[] shape = Arrays.stream(tensor.shape()).asLongStream().toArray();
    return add(name, type, shape, () -> encode(tensor.data(), type));
  }

  private static void requireFloat(ElementType type) {
    if (type != ElementType.F32 && type != ElementType.F16 && type != ElementType.BF16) {
      throw new IllegalArgumentException("Cannot encode floats as " + type);
    }
  }

  private static ByteBuffer encode(float[] values, ElementType type) {
    ByteBuffer bytes =
        ByteBuffer.allocate(Math.multiplyExact(values.length, type.bytes()))
            .order(ByteOrder.LITTLE_ENDIAN);
    for (float value : values) {
      switch (type) {
        case F16 -> bytes.putShort(HalfPrecision.toF16(value));
        case BF16 -> bytes.putShort(HalfPrecision.toBf16(value));
        default -> bytes.putFloat(value);
      }
    }
    return bytes.flip();
  }

  /**
   * Writes the file under a temporary name beside {@code path} and renames it, replacing what is
   * there; on failure {@code path} is untouched and nothing is left behind.
   *
   * @throws StableSrException OUTPUT_WRITE
   */
  public void write(Path path) {
    Path temporary =
        path.resolveSibling("." + path.getFileName() + "." + UUID.randomUUID() + ".tmp");
    try {
      try {
        writeTo(temporary);
        Files.move(temporary, path, StandardCopyOption.ATOMIC_MOVE);
      } finally {
        Files.deleteIfExists(temporary);
      }
    } catch (IOException e) {
      throw new StableSrException(
          ErrorCode.OUTPUT_WRITE, "Cannot write weights to %s: %s".formatted(path, e), e);
    }
  }

  private void writeTo(Path path) throws IOException {
    List<Item> dataOrder =
        items.values().stream()
            .sorted(Comparator.comparingInt((Item item) -> item.type().bytes()).reversed())
            .toList();
    try (FileChannel channel =
        FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      writeFully(channel, header(dataOrder));
      for (Item item : dataOrder) {
        ByteBuffer bytes = item.source().get();
        if (bytes.remaining() != item.bytes()) {
          throw new IllegalStateException(
              "Tensor '%s' should have %d bytes but its source gave %d"
                  .formatted(item.name(), item.bytes(), bytes.remaining()));
        }
        writeFully(channel, bytes);
      }
      channel.force(true);
    }
  }

  private static void writeFully(FileChannel channel, ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      // A channel copies what it is given of a heap buffer to native memory, all at once.
      int count = Math.min(bytes.remaining(), PIECE_BYTES);
      int written = channel.write(bytes.slice(bytes.position(), count));
      bytes.position(bytes.position() + written);
    }
  }

  private ByteBuffer header(List<Item> dataOrder) throws IOException {
    Map<String, Long> begins = new LinkedHashMap<>();
    long position = 0;
    for (Item item : dataOrder) {
      begins.put(item.name(), position);
      position = Math.addExact(position, item.bytes());
    }
    StringWriter text = new StringWriter();
    JsonWriter json = new JsonWriter(text);
    json.beginObject();
    if (!metadata.isEmpty()) {
      json.name("__metadata__").beginObject();
      for (Map.Entry<String, String> entry : metadata.entrySet()) {
        json.name(entry.getKey()).value(entry.getValue());
      }
      json.endObject();
    }
    for (Item item : items.values()) {
      long begin = begins.get(item.name());
      json.name(item.name()).beginObject().name("dtype").value(item.type().name());
      json.name("shape").beginArray();
      for (long length : item.shape()) {
        json.value(length);
      }
      json.endArray().name("data_offsets").beginArray();
      json.value(begin).value(begin + item.bytes()).endArray().endObject();
    }
    json.endObject();
    byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
    int padded = (bytes.length + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    ByteBuffer header =
        ByteBuffer.allocate(SafetensorsReader.LENGTH_BYTES + padded)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putLong(padded)
            .put(bytes);
    while (header.hasRemaining()) {
      header.put((byte) ' ');
    }
    return header.flip();
  }
}
