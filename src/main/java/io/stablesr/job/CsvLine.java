package io.stablesr.job;

import java.util.List;
import java.util.stream.Collectors;

/** Comma-separated values as RFC 4180 has them. */
public final class CsvLine {
  private CsvLine() {}

  /** The fields, quoted where they have to be, with a line feed; null is an empty field. */
  public static String of(List<?> fields) {
    return fields.stream()
        .map(field -> field == null ? "" : quoted(field.toString()))
        .collect(Collectors.joining(",", "", "\n"));
  }

  private static String quoted(String field) {
    return field.matches("[^,\"\\r\\n]*") ? field : '"' + field.replace("\"", "\"\"") + '"';
  }
}
