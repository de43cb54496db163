package io.stablesr.job;

import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import com.google.gson.stream.MalformedJsonException;
import java.io.BufferedReader;
import java.io.EOFException;
import java.io.IOException;
import java.io.Reader;
import java.io.StringReader;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads manifests that are text, line by line: comma-separated values, JSON lines, plain lists. The
 * columns are {@code uri} and, all optional, {@code id}, {@code scale}, {@code prompt}, {@code
 * negative_prompt}, {@code seed}, {@code pre_clean}, {@code reference_uri} and {@code output_key};
 * a plain list has {@code uri} only. An empty field means: as without the column.
 */
public final class Manifest {
  private Manifest() {}

  /**
   * Reads a manifest into a collection of entries.
   *
   * @param format {@link InputFormat#CSV}, {@link InputFormat#JSONL} or {@link InputFormat#LIST}
   * @throws io.stablesr.core.StableSrException MANIFEST, naming the line
   */
  public static void read(InputFormat format, Reader text, ManifestEntries entries)
      throws IOException {
    switch (format) {
      case CSV -> readCsv(text, entries);
      case JSONL -> readJsonLines(text, entries);
      case LIST -> readList(text, entries);
      case AUTO, PARQUET, S3_INVENTORY, FOLDER ->
          throw new IllegalArgumentException(format + " is no text manifest");
    }
  }

  private static void readCsv(Reader text, ManifestEntries entries) throws IOException {
    Csv csv = new Csv(text);
    Csv.Line first =
        csv.read()
            .orElseThrow(
                () ->
                    ManifestEntries.error(
                        ManifestPlace.line(1),
                        "the header is missing; the first line must name the columns, at least uri"));
    List<String> header = first.fields().stream().map(String::strip).toList();
    ManifestEntries.checkColumns(ManifestPlace.line(first.line()).toString(), header);
    for (Optional<Csv.Line> line = csv.read(); line.isPresent(); line = csv.read()) {
      ManifestPlace place = ManifestPlace.line(line.get().line());
      List<String> values = line.get().fields();
      if (values.size() != header.size()) {
        throw ManifestEntries.error(
            place, "%d fields, but the header has %d".formatted(values.size(), header.size()));
      }
      Map<String, String> fields = new HashMap<>();
      for (int i = 0; i < values.size(); i++) {
        fields.put(header.get(i), values.get(i));
      }
      entries.add(place, fields);
    }
  }

  private static void readList(Reader text, ManifestEntries entries) throws IOException {
    Lines lines = new Lines(text);
    for (String line = lines.next(); line != null; line = lines.next()) {
      String uri = line.strip();
      if (!uri.isEmpty() && !uri.startsWith("#")) {
        entries.add(ManifestPlace.line(lines.number), Map.of("uri", uri));
      }
    }
  }

  private static void readJsonLines(Reader text, ManifestEntries entries) throws IOException {
    Lines lines = new Lines(text);
    for (String line = lines.next(); line != null; line = lines.next()) {
      if (!line.isBlank()) {
        ManifestPlace place = ManifestPlace.line(lines.number);
        entries.add(place, object(place, line));
      }
    }
  }

  private static Map<String, String> object(ManifestPlace place, String line) throws IOException {
    Map<String, String> fields = new HashMap<>();
    try (JsonReader json = new JsonReader(new StringReader(line))) {
      json.setStrictness(Strictness.STRICT);
      json.beginObject();
      while (json.hasNext()) {
        String column = json.nextName();
        ManifestEntries.checkColumn(place.toString(), column);
        if (fields.put(column, value(place, column, json)) != null) {
          throw ManifestEntries.error(place, "column '%s' is named twice".formatted(column));
        }
      }
      json.endObject();
      if (json.peek() != JsonToken.END_DOCUMENT) {
        throw ManifestEntries.error(place, "there is something behind the object");
      }
    } catch (MalformedJsonException | EOFException | IllegalStateException e) {
      throw ManifestEntries.error(place, "this is not a JSON object on one line");
    }
    return fields;
  }

  private static String value(ManifestPlace place, String column, JsonReader json)
      throws IOException {
    JsonToken kind = json.peek();
    if (kind == JsonToken.STRING || kind == JsonToken.NUMBER) {
      return json.nextString();
    }
    if (kind != JsonToken.NULL && !ManifestEntries.isForeign(column)) {
      throw ManifestEntries.error(place, "column '%s' must be text or a number".formatted(column));
    }
    json.skipValue();
    return "";
  }

  /** The lines of a text; a byte order mark at its beginning is left out. */
  private static final class Lines {
    private final BufferedReader text;
    private long number;

    Lines(Reader text) {
      this.text = new BufferedReader(text, 1 << 16);
    }

    /** The next line, null behind the last one. */
    String next() throws IOException {
      String line = text.readLine();
      number++;
      return number == 1 && line != null && line.startsWith("\uFEFF") ? line.substring(1) : line;
    }
  }
}
