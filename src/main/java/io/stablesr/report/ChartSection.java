package io.stablesr.report;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Distributions of times and scores, and what the time went to. */
final class ChartSection {
  private ChartSection() {}

  static String html(ReportTable table) {
    StringBuilder html = new StringBuilder();
    double[] seconds = seconds(table);
    if (seconds.length > 0) {
      html.append("<section id=\"times\"><h2>Time</h2><div class=\"charts\">");
      html.append(figure(Histogram.svg("time per image", "s", seconds)));
      html.append(stages(table)).append("</div></section>");
    }
    List<String> metrics = table.metrics();
    if (!metrics.isEmpty()) {
      html.append("<section id=\"quality\"><h2>Quality</h2><div class=\"charts\">");
      for (String dataSet : table.dataSets()) {
        String prefix = dataSet.isEmpty() ? "" : dataSet + ": ";
        for (String metric : metrics) {
          double[] values = scores(table.only(dataSet), metric);
          if (values.length > 0) {
            html.append(figure(Histogram.svg(prefix + named(metric), "", values)));
          }
        }
      }
      html.append("</div></section>");
    }
    return html.toString();
  }

  /** A metric with the direction that is good. */
  static String named(String metric) {
    return metric
        + (ReportTable.lowerIsBetter(metric) ? " (lower is better)" : " (higher is better)");
  }

  static String figure(String content) {
    return "<figure>" + content + "</figure>";
  }

  /** Times of finished images. */
  static double[] seconds(ReportTable table) {
    return table.cases().stream()
        .filter(ReportCase::isDone)
        .mapToDouble(ReportCase::seconds)
        .filter(seconds -> seconds > 0)
        .toArray();
  }

  private static double[] scores(ReportTable table, String metric) {
    return table.cases().stream()
        .map(one -> one.metrics().get(metric))
        .filter(score -> score != null && Double.isFinite(score))
        .mapToDouble(Double::doubleValue)
        .toArray();
  }

  private static String stages(ReportTable table) {
    Map<String, Long> millis = new LinkedHashMap<>();
    for (ReportCase one : table.cases()) {
      one.stageMillis().forEach((stage, time) -> millis.merge(stage, time, Long::sum));
    }
    double all = Math.max(1, millis.values().stream().mapToLong(Long::longValue).sum());
    List<Bars.Bar> bars =
        millis.entrySet().stream()
            .sorted(Map.Entry.<String, Long>comparingByValue().reversed())
            .map(
                stage ->
                    new Bars.Bar(
                        stage.getKey(),
                        stage.getValue(),
                        "%s, %s %%"
                            .formatted(
                                Numbers.duration(stage.getValue() / 1000.0),
                                Numbers.brief(100 * stage.getValue() / all))))
            .toList();
    return figure(Bars.html(bars) + "<figcaption>time per stage, summed over images</figcaption>");
  }
}
