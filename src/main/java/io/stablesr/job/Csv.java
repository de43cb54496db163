package io.stablesr.job;

import io.stablesr.core.ErrorCode;
import io.stablesr.core.StableSrException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Reader;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Reads comma-separated values as RFC 4180 defines them, record by record, keeping line numbers:
 * Spark's own reader cannot say which line is wrong.
 */
final class Csv {
  /** A field longer than this is a quote that was not closed. */
  static final int MOST_FIELD_CHARS = 1 << 20;

  private static final int END = -1;

  /**
   * @param line number of the record's first line, from 1
   * @param fields the fields, unquoted
   */
  record Line(int line, List<String> fields) {}

  private final Reader text;
  private final StringBuilder field = new StringBuilder();
  private List<String> fields = new ArrayList<>();
  private int lineNumber = 1;
  private int recordLine = 1;
  private int next;

  /** Reads from a text; a byte order mark at its beginning is left out. */
  Csv(Reader text) throws IOException {
    this.text = text instanceof BufferedReader ? text : new BufferedReader(text, 1 << 16);
    advance();
    if (next == '\uFEFF') {
      advance();
    }
  }

  /** The next record; empty lines are left out. */
  Optional<Line> read() throws IOException {
    while (next != END) {
      Line line = record();
      if (line.fields().size() > 1 || !line.fields().get(0).isBlank()) {
        return Optional.of(line);
      }
    }
    return Optional.empty();
  }

  private Line record() throws IOException {
    recordLine = lineNumber;
    fields = new ArrayList<>();
    while (next != END && next != '\n') {
      if (next == '"' && field.length() == 0) {
        quoted();
      } else if (next == ',') {
        endField();
        advance();
      } else if (next == '\r') {
        carriageReturn();
      } else {
        append();
      }
    }
    endField();
    lineNumber++;
    advance();
    return new Line(recordLine, fields);
  }

  private void quoted() throws IOException {
    advance();
    while (true) {
      if (next == END) {
        throw notClosed();
      }
      if (next == '\n') {
        lineNumber++;
      }
      if (next != '"') {
        append();
        continue;
      }
      advance();
      if (next != '"') {
        return;
      }
      append();
    }
  }

  /** Belongs to the line's end where a line feed follows. */
  private void carriageReturn() throws IOException {
    advance();
    if (next != '\n' && next != END) {
      field.append('\r');
    }
  }

  private void append() throws IOException {
    if (field.length() >= MOST_FIELD_CHARS) {
      throw notClosed();
    }
    field.append((char) next);
    advance();
  }

  private void endField() {
    fields.add(field.toString());
    field.setLength(0);
  }

  private void advance() throws IOException {
    next = text.read();
  }

  private StableSrException notClosed() {
    return new StableSrException(
        ErrorCode.MANIFEST,
        "Manifest line %d: a quoted field is not closed.".formatted(recordLine));
  }
}
