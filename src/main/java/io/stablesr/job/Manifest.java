package io.stablesr.job;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import io.stablesr.core.ErrorCode;
import io.stablesr.core.StableSrException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;

/**
 * A list of images as comma-separated values. The first line names the columns: {@code uri} and, in
 * any order and all optional, {@code id}, {@code scale}, {@code prompt}, {@code negative_prompt},
 * {@code seed} and {@code output_key}. An empty field means: as without the column.
 */
public final class Manifest {
  private static final String URI = "uri";
  private static final String ID = "id";
  private static final String OUTPUT_KEY = "output_key";

  /** Columns that override a setting. */
  private static final Map<String, String> SETTINGS =
      Map.of(
          "scale", "upscale.scale",
          "prompt", "upscale.prompt",
          "negative_prompt", "upscale.negative-prompt",
          "seed", "upscale.seed");

  private Manifest() {}

  /**
   * Reads a manifest.
   *
   * @param text the file's text
   * @param settings the job's settings, against which overrides are checked
   * @param locate where a uri as written is; throws {@link IllegalArgumentException} with the
   *     reason, without a full stop, when it cannot be taken
   * @return one entry per line; {@code uri} is as located, the id defaults to the uri as written
   *     without scheme
   * @throws StableSrException ({@link ErrorCode#MANIFEST}) naming the line
   */
  public static List<ImageEntry> parse(String text, Config settings, UnaryOperator<String> locate) {
    List<Csv.Line> lines = Csv.parse(text);
    if (lines.isEmpty()) {
      throw error(1, "the header is missing; the first line must name the columns, at least uri");
    }
    List<String> header = header(lines.get(0));
    List<ImageEntry> entries = new ArrayList<>();
    Map<String, Integer> lineOfId = new HashMap<>();
    for (Csv.Line line : lines.subList(1, lines.size())) {
      ImageEntry entry = entry(header, line, settings, locate);
      Integer first = lineOfId.putIfAbsent(entry.id(), line.line());
      if (first != null) {
        throw error(
            line.line(),
            "id '%s' is already that of line %d; ids must be unique".formatted(entry.id(), first));
      }
      entries.add(entry);
    }
    return entries;
  }

  private static List<String> header(Csv.Line line) {
    Set<String> known = new TreeSet<>(SETTINGS.keySet());
    known.addAll(List.of(URI, ID, OUTPUT_KEY));
    List<String> columns = line.fields().stream().map(String::strip).toList();
    Set<String> seen = new TreeSet<>();
    for (String column : columns) {
      if (!known.contains(column)) {
        throw error(
            line.line(),
            "column '%s' is unknown; the columns are %s"
                .formatted(column, String.join(", ", known)));
      }
      if (!seen.add(column)) {
        throw error(line.line(), "column '%s' is named twice".formatted(column));
      }
    }
    if (!columns.contains(URI)) {
      throw error(line.line(), "the header has no column 'uri'");
    }
    return columns;
  }

  private static ImageEntry entry(
      List<String> header, Csv.Line line, Config settings, UnaryOperator<String> locate) {
    if (line.fields().size() != header.size()) {
      throw error(
          line.line(),
          "%d fields, but the header has %d".formatted(line.fields().size(), header.size()));
    }
    Map<String, String> fields = new LinkedHashMap<>();
    for (int i = 0; i < header.size(); i++) {
      if (!line.fields().get(i).isEmpty()) {
        fields.put(header.get(i), line.fields().get(i));
      }
    }
    String uri = fields.get(URI);
    if (uri == null || uri.isBlank()) {
      throw error(line.line(), "the uri is empty");
    }
    Map<String, String> overrides = new HashMap<>();
    SETTINGS.forEach(
        (column, path) -> {
          if (fields.containsKey(column)) {
            overrides.put(path, fields.get(column));
          }
        });
    try {
      SettingsReader.upscale(settings, overrides);
    } catch (StableSrException e) {
      throw error(line.line(), e.getMessage().replaceFirst("\\.$", ""));
    } catch (ConfigException.WrongType e) {
      throw error(line.line(), "scale and seed must be numbers");
    }
    String id = fields.getOrDefault(ID, uri.replaceFirst("^[A-Za-z][A-Za-z0-9+.-]*:/*", ""));
    return new ImageEntry(
        id, located(uri, line, locate), fields.getOrDefault(OUTPUT_KEY, ""), overrides);
  }

  private static String located(String uri, Csv.Line line, UnaryOperator<String> locate) {
    try {
      return locate.apply(uri);
    } catch (IllegalArgumentException e) {
      throw error(line.line(), "uri '%s' cannot be used: %s".formatted(uri, e.getMessage()));
    }
  }

  private static StableSrException error(int line, String what) {
    return new StableSrException(ErrorCode.MANIFEST, "Manifest line %d: %s.".formatted(line, what));
  }
}
