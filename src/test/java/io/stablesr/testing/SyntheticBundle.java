package io.stablesr.testing;

import io.stablesr.checkpoint.ElementType;
import io.stablesr.checkpoint.SafetensorsWriter;
import io.stablesr.parity.SyntheticRules;
import io.stablesr.parity.SyntheticWeights;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Writes a {@code .safetensors} file of synthetic weights from a table of keys, holding one tensor
 * at a time: a full-size checkpoint in the official layout for benchmarks and memory tests. Integer
 * tensors are zeros.
 */
public final class SyntheticBundle {
  private SyntheticBundle() {}

  /** One line of the table: a key, its dimensions, and its type (F32, I64, ...). */
  record Entry(String key, List<Long> dimensions, ElementType type) {
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
      String type = parts[2].strip().toUpperCase(Locale.ROOT);
      return new Entry(parts[0], dimensions, ElementType.valueOf(type));
    }

    long[] shape() {
      return dimensions.stream().mapToLong(Long::longValue).toArray();
    }

    boolean isFloating() {
      return switch (type) {
        case F64, F32, F16, BF16 -> true;
        case I64, I32, I16, I8, U8, BOOL -> false;
      };
    }
  }

  /** {@code KEYS.tsv OUTPUT.safetensors [F32|BF16|F16 [RULES]]}. */
  public static void main(String[] arguments) throws IOException {
    if (arguments.length < 2 || arguments.length > 4) {
      throw new IllegalArgumentException(
          "Usage: SyntheticBundle KEYS.tsv OUTPUT.safetensors [F32|BF16|F16 [RULES]]");
    }
    ElementType type = arguments.length > 2 ? ElementType.valueOf(arguments[2]) : ElementType.F32;
    SyntheticRules rules =
        arguments.length > 3 ? SyntheticRules.valueOf(arguments[3]) : SyntheticRules.PLAIN;
    write(Path.of(arguments[0]), Path.of(arguments[1]), type, rules);
  }

  /**
   * Writes the file, replacing one that exists.
   *
   * @param type of the floating-point tensors
   */
  public static void write(Path keyTable, Path output, ElementType type, SyntheticRules rules)
      throws IOException {
    SafetensorsWriter writer = new SafetensorsWriter(Map.of());
    for (String line : Files.readAllLines(keyTable)) {
      if (!line.isBlank()) {
        Entry entry = Entry.parse(line);
        if (entry.isFloating()) {
          SyntheticWeights.add(writer, entry.key(), entry.shape(), type, rules);
        } else {
          int bytes = Math.toIntExact(SyntheticWeights.size(entry.shape()) * entry.type().bytes());
          writer.add(entry.key(), entry.type(), entry.shape(), () -> ByteBuffer.allocate(bytes));
        }
      }
    }
    writer.write(output);
  }
}
