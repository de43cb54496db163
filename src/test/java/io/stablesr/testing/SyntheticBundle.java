package io.stablesr.testing;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.StringJoiner;

/**
 * Writes a {@code .safetensors} file of synthetic weights from a table of keys, without ever
 * holding more than a few megabytes: a full-size model in the official layout for benchmarks and
 * memory tests. Integer tensors are zeros.
 */
public final class SyntheticBundle {
  private static final int BUFFER_VALUES = 1 << 20;

  private SyntheticBundle() {}

  /** One line of the table: a key, its dimensions, and its type (F32, I64, ...). */
  record Entry(String key, List<Long> dimensions, String type) {
    static Entry parse(String line) {
      String[] parts = line.split("\t", -1);
      if (parts.length != 3 || !parts[1].startsWith("[") || !parts[1].endsWith("]")) {
        throw new IllegalArgumentException(
            "Expected 'key TAB [shape] TAB type' but found '%s'".formatted(line));
      }
      String inner = parts[1].substring(1, parts[1].length() - 1);
      List<Long> dimensions =
          inner.isBlank()
              ? List.of()
              : Arrays.stream(inner.split(",", -1)).map(d -> Long.valueOf(d.strip())).toList();
      return new Entry(parts[0], dimensions, parts[2].strip().toUpperCase(Locale.ROOT));
    }

    long[] shape() {
      return dimensions.stream().mapToLong(Long::longValue).toArray();
    }

    boolean isFloating() {
      return type.contains("F");
    }

    String storedType(SyntheticType floating) {
      return isFloating() ? floating.name() : type;
    }

    int storedBytes(SyntheticType floating) {
      return isFloating()
          ? floating.bytes()
          : switch (type) {
            case "I64", "U64" -> 8;
            case "I32", "U32" -> 4;
            case "I16", "U16" -> 2;
            case "I8", "U8", "BOOL" -> 1;
            default ->
                throw new IllegalArgumentException(
                    "Type %s of %s is not known".formatted(type, key));
          };
    }
  }

  /** {@code KEYS.tsv OUTPUT.safetensors [F32|BF16|F16 [RULES]]}. */
  public static void main(String[] arguments) throws IOException {
    if (arguments.length < 2 || arguments.length > 4) {
      throw new IllegalArgumentException(
          "Usage: SyntheticBundle KEYS.tsv OUTPUT.safetensors [F32|BF16|F16 [RULES]]");
    }
    SyntheticType type =
        arguments.length > 2 ? SyntheticType.valueOf(arguments[2]) : SyntheticType.F32;
    SyntheticRules rules =
        arguments.length > 3 ? SyntheticRules.valueOf(arguments[3]) : SyntheticRules.PLAIN;
    write(Path.of(arguments[0]), Path.of(arguments[1]), type, rules);
  }

  /** Writes the file, replacing one that exists. */
  public static void write(Path keyTable, Path output, SyntheticType type, SyntheticRules rules)
      throws IOException {
    List<Entry> entries = new ArrayList<>();
    for (String line : Files.readAllLines(keyTable)) {
      if (!line.isBlank()) {
        entries.add(Entry.parse(line));
      }
    }
    // Widest type first keeps every tensor aligned to its own type.
    entries.sort(Comparator.comparingInt((Entry entry) -> -entry.storedBytes(type)));
    try (FileChannel channel =
        FileChannel.open(
            output,
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE,
            StandardOpenOption.TRUNCATE_EXISTING)) {
      writeFully(channel, header(entries, type));
      float[] values = new float[BUFFER_VALUES];
      ByteBuffer buffer =
          ByteBuffer.allocateDirect(BUFFER_VALUES * 8).order(ByteOrder.LITTLE_ENDIAN);
      for (Entry entry : entries) {
        writeTensor(channel, entry, type, rules, values, buffer);
      }
    }
  }

  private static ByteBuffer header(List<Entry> entries, SyntheticType type) {
    StringJoiner json = new StringJoiner(",", "{", "}");
    long offset = 0;
    for (Entry entry : entries) {
      long end = offset + SyntheticWeights.size(entry.shape()) * entry.storedBytes(type);
      json.add(
          "\"%s\":{\"dtype\":\"%s\",\"shape\":%s,\"data_offsets\":[%d,%d]}"
              .formatted(
                  entry.key().replace("\\", "\\\\").replace("\"", "\\\""),
                  entry.storedType(type),
                  entry.dimensions().toString().replace(" ", ""),
                  offset,
                  end));
      offset = end;
    }
    byte[] text = json.toString().getBytes(StandardCharsets.UTF_8);
    int padded = (text.length + 7) / 8 * 8;
    ByteBuffer header = ByteBuffer.allocate(8 + padded).order(ByteOrder.LITTLE_ENDIAN);
    header.putLong(padded).put(text);
    while (header.hasRemaining()) {
      header.put((byte) ' ');
    }
    return header.flip();
  }

  private static void writeTensor(
      FileChannel channel,
      Entry entry,
      SyntheticType type,
      SyntheticRules rules,
      float[] values,
      ByteBuffer buffer)
      throws IOException {
    long size = SyntheticWeights.size(entry.shape());
    for (long first = 0; first < size; first += BUFFER_VALUES) {
      int count = (int) Math.min(BUFFER_VALUES, size - first);
      buffer.clear();
      if (entry.isFloating()) {
        SyntheticWeights.fill(entry.key(), entry.shape(), rules, first, values, count);
        type.put(buffer, values, count);
      } else {
        for (int i = count * entry.storedBytes(type); i > 0; i--) {
          buffer.put((byte) 0);
        }
      }
      writeFully(channel, buffer.flip());
    }
  }

  private static void writeFully(FileChannel channel, ByteBuffer buffer) throws IOException {
    while (buffer.hasRemaining()) {
      channel.write(buffer);
    }
  }
}
