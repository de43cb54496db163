package io.stablesr.job;

import io.stablesr.core.ErrorCode;
import io.stablesr.core.StableSrException;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads comma-separated values as RFC 4180 defines them, keeping line numbers: Spark's own reader
 * cannot say which line is wrong.
 */
final class Csv {
  /**
   * @param line number of the record's first line, from 1
   * @param fields the fields, unquoted
   */
  record Line(int line, List<String> fields) {}

  private final String text;
  private final List<Line> records = new ArrayList<>();
  private final StringBuilder field = new StringBuilder();
  private List<String> fields = new ArrayList<>();
  private int lineNumber = 1;
  private int recordLine = 1;

  private Csv(String text) {
    this.text = text;
  }

  /** All records; empty lines are left out. */
  static List<Line> parse(String text) {
    return new Csv(text.startsWith("\uFEFF") ? text.substring(1) : text).read();
  }

  private List<Line> read() {
    int at = 0;
    while (at < text.length()) {
      char c = text.charAt(at);
      if (c == '"' && field.length() == 0) {
        at = quoted(at + 1);
      } else if (c == ',') {
        endField();
        at++;
      } else if (c == '\n') {
        endRecord();
        at++;
      } else if (c == '\r' && at + 1 < text.length() && text.charAt(at + 1) == '\n') {
        at++;
      } else {
        field.append(c);
        at++;
      }
    }
    if (field.length() > 0 || !fields.isEmpty()) {
      endRecord();
    }
    return records;
  }

  private int quoted(int from) {
    int at = from;
    while (at < text.length()) {
      char c = text.charAt(at);
      if (c != '"') {
        if (c == '\n') {
          lineNumber++;
        }
        field.append(c);
        at++;
      } else if (at + 1 < text.length() && text.charAt(at + 1) == '"') {
        field.append('"');
        at += 2;
      } else {
        return at + 1;
      }
    }
    throw new StableSrException(
        ErrorCode.MANIFEST,
        "Manifest line %d: a quoted field is not closed.".formatted(recordLine));
  }

  private void endField() {
    fields.add(field.toString());
    field.setLength(0);
  }

  private void endRecord() {
    endField();
    if (fields.size() > 1 || !fields.get(0).isBlank()) {
      records.add(new Line(recordLine, List.copyOf(fields)));
    }
    fields = new ArrayList<>();
    lineNumber++;
    recordLine = lineNumber;
  }
}
