package io.stablesr.report;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The plots of a report on their own, as HTML with its style, for notebooks. */
public final class Plots {
  /** The light colours of the pages; the style of plots stands inside of this rule. */
  private static final String STYLE =
      """
      <style>.plots {
      --text: #1d2126; --soft: #5b636d; --line: #d9dce0; --bad: #b3261e;
      --s0: #0072b2; --s1: #d55e00; --s2: #007a5a; --s3: #a0498f; --s4: #7a5c00; --s5: #1d2126;
      %s}</style><div class="plots"><div class="charts">%s</div></div>
      """;

  private Plots() {}

  /** How values are distributed; {@code unit} may be empty. */
  public static String histogram(String name, String unit, double[] values) {
    return styled(ChartSection.figure(Histogram.svg(name, unit, values)));
  }

  /** Lengths beside their names. */
  public static String bars(String name, Map<String, ? extends Number> lengths) {
    List<Bars.Bar> bars =
        lengths.entrySet().stream()
            .map(
                entry -> {
                  Number length = entry.getValue();
                  return new Bars.Bar(
                      entry.getKey(),
                      length.doubleValue(),
                      length instanceof Double
                          ? Numbers.brief(length.doubleValue())
                          : length.toString());
                })
            .toList();
    return styled(
        ChartSection.figure(
            Bars.html(bars) + "<figcaption>%s</figcaption>".formatted(Html.text(name))));
  }

  /**
   * Points of several lines; an interval of a bootstrap around the mean of the values at each
   * place.
   *
   * @param lines by name and place on the horizontal axis: the values there, at least one
   */
  public static String curves(
      String xLabel, String yLabel, Map<String, ? extends Map<Double, double[]>> lines) {
    Map<String, List<Curves.Point>> points = new LinkedHashMap<>();
    lines.forEach(
        (name, places) ->
            points.put(
                name,
                places.entrySet().stream()
                    .map(
                        place ->
                            new Curves.Point(name, place.getKey(), Numbers.mean(place.getValue())))
                    .toList()));
    return styled(
        ChartSection.figure(
            Curves.svg(
                yLabel + " against " + xLabel,
                xLabel,
                yLabel,
                points.entrySet().stream()
                    .map(line -> new Curves.Line(line.getKey(), line.getValue()))
                    .toList())));
  }

  /** All that a report's curves show of these rows; empty with fewer than two configurations. */
  public static String curves(ReportTable rows) {
    String section = CurveSection.html(rows);
    return section.isEmpty() ? "" : styled(section);
  }

  private static String styled(String content) {
    return STYLE.formatted(Page.resource("charts.css"), content);
  }
}
