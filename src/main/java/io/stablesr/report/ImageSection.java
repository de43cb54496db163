package io.stablesr.report;

import io.stablesr.job.ReportOptions;
import io.stablesr.job.RowStatus;
import io.stablesr.restore.PreCleaning;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/** The worst and the best images with pictures, and the table of rows. */
final class ImageSection {
  private ImageSection() {}

  static String gallery(ReportTable table, Ranking ranking, List<ShownImage> shown) {
    if (shown.isEmpty()) {
      return "";
    }
    String by = ranking.by().equals(ReportOptions.TIME) ? "time" : ranking.by();
    StringBuilder html =
        new StringBuilder(
            "<section id=\"images\"><h2>Images</h2><p>%d of %d images with pictures, from the worst to the best by %s%s. Open one to compare it with its input.</p><ul class=\"gallery\">"
                .formatted(
                    shown.size(),
                    table.images().size(),
                    Html.text(by),
                    by.equals("time") ? ", the slowest first" : ""));
    for (int i = 0; i < shown.size(); i++) {
      ShownImage image = shown.get(i);
      OptionalDouble value =
          by.equals("time") ? table.seconds(image.id()) : table.score(image.id(), by);
      html.append(
          "<li><button type=\"button\" class=\"card\" data-image=\"%d\"><img src=\"%s\" alt=\"\" loading=\"lazy\"><span>%s</span><small>%s</small></button></li>"
              .formatted(
                  i,
                  Html.text(image.thumbnail()),
                  Html.name(image.id()),
                  value.isPresent()
                      ? Html.text(by + " " + Numbers.brief(value.getAsDouble()))
                      : ""));
    }
    return html.append("</ul></section>").toString();
  }

  static String rows(ReportTable table, List<ShownImage> shown, int most) {
    Map<String, Integer> indices = new HashMap<>();
    for (int i = 0; i < shown.size(); i++) {
      indices.put(shown.get(i).id(), i);
    }
    List<ReportCase> listed =
        table.cases().stream()
            .sorted(
                Comparator.comparing((ReportCase one) -> one.outcome().status() == RowStatus.DONE)
                    .thenComparing(ReportCase::imageId))
            .limit(most)
            .toList();
    List<String> metrics = table.metrics();
    boolean several = table.methods().size() > 1;
    StringBuilder html = new StringBuilder("<section id=\"rows\"><h2>Rows</h2>");
    html.append(
        "<div class=\"filter\"><label>Name <input id=\"filter-name\" type=\"search\"></label><label>Status <select id=\"filter-status\"><option value=\"\">all</option><option>DONE</option><option>FAILED</option><option>SKIPPED</option></select></label><output id=\"filter-count\"></output></div>");
    if (listed.size() < table.cases().size()) {
      html.append(
          "<p>The first %d of %d rows, those that are not DONE before the others.</p>"
              .formatted(listed.size(), table.cases().size()));
    }
    html.append("<div class=\"scroll\"><table id=\"row-table\"><thead><tr>");
    html.append(head("image", "")).append(several ? head("configuration", "") : "");
    html.append(head("status", "")).append(head("size", "number")).append(head("s", "number"));
    metrics.forEach(metric -> html.append(head(metric, "number")));
    html.append("</tr></thead><tbody>");
    for (ReportCase one : listed) {
      html.append(row(table, one, metrics, indices.get(one.imageId()), several));
    }
    return html.append("</tbody></table></div></section>").toString();
  }

  private static String head(String name, String style) {
    return "<th class=\"%s\"><button type=\"button\">%s</button></th>"
        .formatted(style, Html.text(name));
  }

  private static String row(
      ReportTable table, ReportCase one, List<String> metrics, Integer index, boolean several) {
    StringBuilder html =
        new StringBuilder(
            "<tr data-status=\"%s\"><th scope=\"row\">".formatted(one.outcome().status()));
    html.append(
        index == null || !one.isDone()
            ? Html.name(one.imageId())
            : "<button type=\"button\" class=\"link\" data-image=\"%d\">%s</button>"
                .formatted(index, Html.name(one.imageId())));
    html.append("</th>");
    if (several) {
      html.append(
          "<td>%s</td>".formatted(Html.text(table.methods().get(table.methodOf(one)).name())));
    }
    html.append(
        "<td>%s%s%s</td>"
            .formatted(
                one.outcome().status(),
                decision(one.outcome().preCleaning()),
                one.outcome().errorCode().isEmpty()
                    ? ""
                    : " <abbr title=\"%s\">%s</abbr>"
                        .formatted(
                            Html.text(one.outcome().errorMessage()),
                            Html.text(one.outcome().errorCode()))));
    html.append(
        one.sizes().outputWidth() > 0
            ? "<td class=\"number\" data-value=\"%d\">%d × %d</td>"
                .formatted(
                    (long) one.sizes().outputWidth() * one.sizes().outputHeight(),
                    one.sizes().outputWidth(),
                    one.sizes().outputHeight())
            : "<td class=\"number\">–</td>");
    html.append(value(one.isDone() && one.seconds() > 0 ? one.seconds() : null));
    metrics.forEach(metric -> html.append(value(one.metrics().get(metric))));
    return html.append("</tr>").toString();
  }

  private static String decision(PreCleaning preCleaning) {
    return switch (preCleaning.decision()) {
      case NOT_ASKED -> "";
      case CLEANED ->
          " <abbr title=\"%s\">cleaned</abbr>".formatted(Html.text(preCleaning.reason()));
      case LEFT ->
          " <abbr title=\"%s\">not cleaned</abbr>".formatted(Html.text(preCleaning.reason()));
    };
  }

  private static String value(Double value) {
    return value == null
        ? "<td class=\"number\">–</td>"
        : "<td class=\"number\" data-value=\"%s\">%s</td>".formatted(value, Numbers.brief(value));
  }
}
