package io.stablesr.report;

import io.stablesr.job.RowStatus;
import io.stablesr.restore.PreCleaning.Decision;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What was run, and what it gave in figures. */
final class OverviewSection {
  /** Values of one kind that are listed, as of hosts; of the others the number. */
  private static final int MOST_VALUES = 6;

  private OverviewSection() {}

  static String html(ReportTable table) {
    StringBuilder html = new StringBuilder("<section id=\"overview\"><h2>Overview</h2>");
    html.append("<ul class=\"tiles\">");
    html.append(tile("images", Integer.toString(table.images().size())));
    if (table.methods().size() > 1) {
      html.append(tile("configurations", Integer.toString(table.methods().size())));
      html.append(tile("rows", Integer.toString(table.cases().size())));
    }
    html.append(tile("done", Long.toString(table.count(RowStatus.DONE))));
    html.append(tile("failed", Long.toString(table.count(RowStatus.FAILED))));
    html.append(tile("skipped", Long.toString(table.count(RowStatus.SKIPPED))));
    if (cleaned(table, Decision.CLEANED) + cleaned(table, Decision.LEFT) > 0) {
      html.append(tile("cleaned first", Long.toString(cleaned(table, Decision.CLEANED))));
    }
    double[] seconds = ChartSection.seconds(table);
    if (seconds.length > 0) {
      html.append(tile("time per image, median", Numbers.duration(Numbers.quantile(seconds, 0.5))));
      html.append(tile("time of all images", Numbers.duration(Arrays.stream(seconds).sum())));
    }
    double pixels =
        table.cases().stream()
            .mapToDouble(one -> (double) one.sizes().outputWidth() * one.sizes().outputHeight())
            .sum();
    if (pixels > 0) {
      html.append(tile("megapixels of results", Numbers.brief(pixels / 1e6)));
    }
    html.append("</ul>");
    html.append(methods(table));
    html.append(settings(table));
    return html.append("</section>").toString();
  }

  private static long cleaned(ReportTable table, Decision decision) {
    return table.cases().stream()
        .filter(one -> one.outcome().preCleaning().decision() == decision)
        .count();
  }

  private static String tile(String name, String value) {
    return "<li><b>%s</b> %s</li>".formatted(Html.text(value), Html.text(name));
  }

  /** Means of the configurations over the images that all have, by data set. */
  private static String methods(ReportTable table) {
    if (table.methods().size() < 2) {
      return "";
    }
    StringBuilder html =
        new StringBuilder(
            "<h3>Configurations</h3><p>Means with 95 % intervals of a bootstrap over the images.</p>");
    for (String dataSet : table.dataSets()) {
      html.append(methods(table.only(dataSet), dataSet));
    }
    return html.toString();
  }

  private static String methods(ReportTable table, String dataSet) {
    List<String> common = table.common();
    List<String> metrics = table.metrics();
    StringBuilder html =
        new StringBuilder(
            "<div class=\"scroll\"><table class=\"means\"><caption>%sthe %d images that every configuration has finished</caption><thead><tr><th>configuration</th><th>done</th>"
                .formatted(dataSet.isEmpty() ? "" : Html.text(dataSet) + ", ", common.size()));
    metrics.forEach(
        metric ->
            html.append(
                "<th class=\"number\">%s %s</th>"
                    .formatted(Html.text(metric), ReportTable.lowerIsBetter(metric) ? "↓" : "↑")));
    html.append("<th class=\"number\">s per image</th></tr></thead><tbody>");
    for (int m : table.present()) {
      long done = table.images().stream().filter(image -> !table.done(image, m).isEmpty()).count();
      html.append(
          "<tr><th scope=\"row\">%s</th><td class=\"number\">%d</td>"
              .formatted(Html.text(table.methods().get(m).name()), done));
      for (String metric : metrics) {
        html.append(cell(CurveSection.score(table, common, m, metric)));
      }
      html.append(cell(CurveSection.seconds(table, common, m))).append("</tr>");
    }
    return html.append("</tbody></table></div>").toString();
  }

  private static String cell(Optional<Numbers.Mean> mean) {
    return mean.map(
            found ->
                "<td class=\"number\">%s<small>%s to %s</small></td>"
                    .formatted(
                        Numbers.brief(found.mean()),
                        Numbers.brief(found.low()),
                        Numbers.brief(found.high())))
        .orElse("<td class=\"number\">–</td>");
  }

  private static String settings(ReportTable table) {
    Map<String, Set<String>> values = new LinkedHashMap<>();
    for (ReportCase one : table.cases()) {
      one.facts().forEach((key, value) -> add(values, key, value));
    }
    for (Method method : table.methods()) {
      method.settings().forEach((key, value) -> add(values, key, value));
    }
    StringBuilder html =
        new StringBuilder(
            "<details><summary>Model and settings</summary><div class=\"scroll\"><table class=\"settings\"><tbody>");
    values.forEach(
        (key, found) -> {
          List<String> some =
              new ArrayList<>(found).subList(0, Math.min(MOST_VALUES, found.size()));
          String rest =
              found.size() > some.size()
                  ? " and %d more".formatted(found.size() - some.size())
                  : "";
          html.append(
              "<tr><th scope=\"row\">%s</th><td>%s</td></tr>"
                  .formatted(Html.text(key), Html.text(String.join(", ", some) + rest)));
        });
    return html.append("</tbody></table></div></details>").toString();
  }

  private static void add(Map<String, Set<String>> values, String key, String value) {
    values.computeIfAbsent(key, k -> new LinkedHashSet<>()).add(value);
  }
}
