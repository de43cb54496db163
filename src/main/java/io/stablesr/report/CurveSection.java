package io.stablesr.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;

/** How scores go with settings and with time, where there are several configurations. */
final class CurveSection {
  private static final String STEPS = "sampling.steps";

  private CurveSection() {}

  static String html(ReportTable table) {
    StringBuilder html = new StringBuilder();
    for (String dataSet : table.dataSets()) {
      html.append(ofDataSet(table.only(dataSet), dataSet));
    }
    return html.isEmpty()
        ? ""
        : "<section id=\"curves\"><h2>Curves</h2><p>Means over the images that every configuration has finished. Bars are for comparing configurations: 95 %% intervals of a bootstrap of the differences to the mean of all configurations on the same image.</p>%s</section>"
            .formatted(html);
  }

  private static String ofDataSet(ReportTable table, String dataSet) {
    List<String> common = table.common();
    if (table.present().size() < 2 || common.isEmpty()) {
      return "";
    }
    StringBuilder charts = new StringBuilder();
    for (String key : varied(table)) {
      if (isNumeric(table, key)) {
        for (String metric : table.metrics()) {
          charts.append(againstSetting(table, common, key, metric));
        }
      }
    }
    for (String metric : table.metrics()) {
      charts.append(againstTime(table, common, metric));
    }
    String name = dataSet.isEmpty() ? "" : "<h3>%s</h3>".formatted(Html.text(dataSet));
    return charts.isEmpty() ? "" : "%s<div class=\"charts\">%s</div>".formatted(name, charts);
  }

  private static Set<String> varied(ReportTable table) {
    return Method.varied(
        table.present().stream().map(m -> table.methods().get(m).settings()).toList());
  }

  /** The mean score of a method over images. */
  static Optional<Numbers.Mean> score(
      ReportTable table, List<String> images, int method, String metric) {
    double[] scores =
        images.stream()
            .map(image -> table.score(image, method, metric))
            .filter(OptionalDouble::isPresent)
            .mapToDouble(OptionalDouble::getAsDouble)
            .toArray();
    return scores.length == 0 ? Optional.empty() : Optional.of(Numbers.mean(scores));
  }

  /**
   * The same with an interval for comparisons: what images have in common, some being harder than
   * others, is taken out of it.
   */
  static Optional<Numbers.Mean> comparedScore(
      ReportTable table, List<String> images, int method, String metric) {
    List<Double> scores = new ArrayList<>();
    List<Double> differences = new ArrayList<>();
    for (String image : images) {
      OptionalDouble score = table.score(image, method, metric);
      if (score.isPresent()) {
        scores.add(score.getAsDouble());
        differences.add(score.getAsDouble() - table.score(image, metric).orElseThrow());
      }
    }
    if (scores.isEmpty()) {
      return Optional.empty();
    }
    double mean = scores.stream().mapToDouble(Double::doubleValue).average().orElseThrow();
    Numbers.Mean difference =
        Numbers.mean(differences.stream().mapToDouble(Double::doubleValue).toArray());
    double shift = mean - difference.mean();
    return Optional.of(
        new Numbers.Mean(mean, difference.low() + shift, difference.high() + shift, scores.size()));
  }

  /** The mean time of a method over images, in seconds. */
  static Optional<Numbers.Mean> seconds(ReportTable table, List<String> images, int method) {
    double[] seconds =
        images.stream()
            .flatMap(image -> table.done(image, method).stream())
            .mapToDouble(ReportCase::seconds)
            .filter(time -> time > 0)
            .toArray();
    return seconds.length == 0 ? Optional.empty() : Optional.of(Numbers.mean(seconds));
  }

  private static boolean isNumeric(ReportTable table, String key) {
    return table.present().stream()
        .map(method -> table.methods().get(method).settings().get(key))
        .allMatch(value -> value == null || number(value).isPresent());
  }

  private static OptionalDouble number(String value) {
    try {
      return OptionalDouble.of(Double.parseDouble(value));
    } catch (NumberFormatException e) {
      return OptionalDouble.empty();
    }
  }

  private static String againstSetting(
      ReportTable table, List<String> common, String key, String metric) {
    Map<String, List<Curves.Point>> lines = new LinkedHashMap<>();
    for (int m : table.present()) {
      Method method = table.methods().get(m);
      String value = method.settings().get(key);
      Optional<Numbers.Mean> score = comparedScore(table, common, m, metric);
      if (value != null && score.isPresent()) {
        lines
            .computeIfAbsent(without(table, method, key), name -> new ArrayList<>())
            .add(new Curves.Point(method.name(), number(value).orElseThrow(), score.orElseThrow()));
      }
    }
    String name = Method.shortName(key);
    return chart("%s against %s".formatted(metric, name), name, metric, lines);
  }

  private static String againstTime(ReportTable table, List<String> common, String metric) {
    Map<String, List<Curves.Point>> lines = new LinkedHashMap<>();
    for (int m : table.present()) {
      Method method = table.methods().get(m);
      Optional<Numbers.Mean> score = comparedScore(table, common, m, metric);
      Optional<Numbers.Mean> time = seconds(table, common, m);
      if (score.isPresent() && time.isPresent()) {
        // More steps are what time buys: they are joined.
        lines
            .computeIfAbsent(without(table, method, STEPS), name -> new ArrayList<>())
            .add(new Curves.Point(method.name(), time.orElseThrow().mean(), score.orElseThrow()));
      }
    }
    return chart("%s against time".formatted(metric), "mean time per image, s", metric, lines);
  }

  private static String chart(
      String name, String xLabel, String metric, Map<String, List<Curves.Point>> lines) {
    if (lines.isEmpty()) {
      return "";
    }
    List<Curves.Line> sorted =
        lines.entrySet().stream()
            .map(
                line ->
                    new Curves.Line(
                        line.getKey(),
                        line.getValue().stream()
                            .sorted(Comparator.comparingDouble(Curves.Point::x))
                            .toList()))
            .toList();
    return ChartSection.figure(
        Curves.svg(name, xLabel, ChartSection.named(metric), sorted)
            + "<figcaption>%s</figcaption>".formatted(Html.text(name)));
  }

  /** The name of a method without one of its settings. */
  private static String without(ReportTable table, Method method, String key) {
    Set<String> varied = varied(table);
    List<String> parts = new ArrayList<>();
    method
        .settings()
        .forEach(
            (name, value) -> {
              if (varied.contains(name) && !name.equals(key)) {
                parts.add(
                    name.equals(Method.METHOD)
                        ? value
                        : Method.shortName(name) + " " + Method.word(value));
              }
            });
    return parts.isEmpty() ? "all" : String.join(", ", parts);
  }
}
