package io.stablesr.sweep;

import io.stablesr.core.ErrorCode;
import io.stablesr.core.StableSrException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Figures that others have published, each line with its source: the resource {@code
 * published.csv}.
 */
public final class PublishedFigures {
  /**
   * A line of a published table.
   *
   * @param table name of the table
   * @param dataSet as in the sweeps of this program
   * @param method with its number of steps
   * @param source where it was published
   * @param values as printed, by metric
   */
  public record Line(
      String table, String dataSet, String method, String source, Map<String, String> values) {}

  private PublishedFigures() {}

  /** All lines in the order of the resource. */
  public static List<Line> read() {
    try (InputStream resource =
            Objects.requireNonNull(
                PublishedFigures.class.getResourceAsStream("published.csv"), "published.csv");
        BufferedReader text =
            new BufferedReader(new InputStreamReader(resource, StandardCharsets.UTF_8))) {
      List<Line> lines = new ArrayList<>();
      List<String> head = null;
      for (String line = text.readLine(); line != null; line = text.readLine()) {
        if (line.isBlank() || line.startsWith("#")) {
          continue;
        }
        List<String> fields = List.of(line.split(",", -1));
        if (head == null) {
          head = fields;
          continue;
        }
        if (fields.size() != head.size()) {
          throw new StableSrException(
              ErrorCode.INTERNAL, "A line of published.csv is damaged: %s".formatted(line));
        }
        Map<String, String> values = new LinkedHashMap<>();
        for (int i = 4; i < head.size(); i++) {
          if (!fields.get(i).isEmpty()) {
            values.put(head.get(i), fields.get(i));
          }
        }
        lines.add(
            new Line(
                fields.get(0), fields.get(1), fields.get(2), fields.get(3), Map.copyOf(values)));
      }
      return lines;
    } catch (IOException e) {
      throw new StableSrException(ErrorCode.INTERNAL, "published.csv cannot be read.", e);
    }
  }
}
