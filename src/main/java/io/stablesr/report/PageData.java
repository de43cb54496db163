package io.stablesr.report;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * What the scripts of the pages know, as JSON that may stand in a script element: no {@code <},
 * {@code >} or {@code &} is in it.
 */
final class PageData {
  /** HTML-safe escapes are Gson's default; NaN and infinity would not be JSON. */
  private static final Gson GSON = new GsonBuilder().create();

  private PageData() {}

  /** For both pages. */
  static String json(ReportTable table, List<ShownImage> shown, long voteSeed, String report) {
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("report", report);
    data.put("seed", voteSeed);
    data.put("methods", table.methods().stream().map(Method::name).toList());
    data.put("images", shown.stream().map(image -> image(table, image)).toList());
    return GSON.toJson(data);
  }

  private static Map<String, Object> image(ReportTable table, ShownImage image) {
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("id", image.id());
    data.put("width", image.width());
    data.put("height", image.height());
    data.put("fullWidth", image.fullWidth());
    data.put("fullHeight", image.fullHeight());
    data.put("before", image.before());
    data.put("truth", image.truth());
    List<Map<String, Object>> results = new ArrayList<>();
    image
        .results()
        .forEach(
            (method, file) -> {
              Map<String, Object> result = new LinkedHashMap<>();
              result.put("method", method);
              result.put("file", file);
              result.put("figures", figures(table, image.id(), method));
              results.add(result);
            });
    data.put("results", results);
    data.put(
        "tiles",
        image.tiles().stream()
            .map(tile -> new double[] {tile.left(), tile.top(), tile.right(), tile.bottom()})
            .toList());
    return data;
  }

  /** One line about a result. */
  private static String figures(ReportTable table, String image, int method) {
    List<String> parts = new ArrayList<>();
    for (String metric : table.metrics()) {
      OptionalDouble score = table.score(image, method, metric);
      score.ifPresent(value -> parts.add(metric + " " + Numbers.brief(value)));
    }
    double seconds = table.done(image, method).get(0).seconds();
    if (seconds > 0) {
      parts.add(Numbers.duration(seconds));
    }
    return String.join(", ", parts);
  }
}
