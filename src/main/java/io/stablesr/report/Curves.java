package io.stablesr.report;

import java.util.List;
import java.util.function.ToDoubleFunction;

/** Points with intervals, joined to lines. */
final class Curves {
  /** Colours, dashes and shapes that the style sheet has. */
  private static final int STYLES = 6;

  private Curves() {}

  /**
   * A point.
   *
   * @param name for its tooltip
   * @param x place on the horizontal axis
   * @param y value with its interval
   */
  record Point(String name, double x, Numbers.Mean y) {}

  /** Points of one line, in the order in which they are joined. */
  record Line(String name, List<Point> points) {
    Line {
      points = List.copyOf(points);
    }
  }

  /** A chart with a legend where there are several lines. */
  static String svg(String name, String xLabel, String yLabel, List<Line> lines) {
    Axes axes =
        new Axes(
            min(lines, Point::x),
            max(lines, Point::x),
            min(lines, point -> point.y().low()),
            max(lines, point -> point.y().high()));
    StringBuilder content = new StringBuilder();
    for (int i = 0; i < lines.size(); i++) {
      content.append(draw(lines.get(i), i % STYLES, axes));
    }
    String chart = axes.svg(name, xLabel, yLabel, content.toString());
    return chart + legend(lines);
  }

  private static String draw(Line line, int style, Axes axes) {
    StringBuilder drawn = new StringBuilder("<g class=\"series s%d\">".formatted(style));
    if (line.points().size() > 1) {
      StringBuilder path = new StringBuilder();
      for (Point point : line.points()) {
        path.append(path.isEmpty() ? "M" : "L")
            .append(Axes.number(axes.x(point.x())))
            .append(' ')
            .append(Axes.number(axes.y(point.y().mean())));
      }
      drawn.append("<path d=\"").append(path).append("\"/>");
    }
    for (Point point : line.points()) {
      double x = axes.x(point.x());
      drawn.append(Axes.line("whisker", x, axes.y(point.y().low()), x, axes.y(point.y().high())));
      drawn.append(
          "<circle cx=\"%s\" cy=\"%s\" r=\"4\"><title>%s</title></circle>"
              .formatted(
                  Axes.number(x),
                  Axes.number(axes.y(point.y().mean())),
                  Html.text(
                      "%s: %s (95 %%: %s to %s, %d images)"
                          .formatted(
                              point.name(),
                              Numbers.brief(point.y().mean()),
                              Numbers.brief(point.y().low()),
                              Numbers.brief(point.y().high()),
                              point.y().count()))));
    }
    return drawn.append("</g>").toString();
  }

  private static String legend(List<Line> lines) {
    if (lines.size() < 2) {
      return "";
    }
    StringBuilder legend = new StringBuilder("<ul class=\"legend\">");
    for (int i = 0; i < lines.size(); i++) {
      legend.append(
          "<li class=\"s%d\"><svg viewBox=\"0 0 28 10\" aria-hidden=\"true\"><path d=\"M0 5L28 5\"/><circle cx=\"14\" cy=\"5\" r=\"4\"/></svg>%s</li>"
              .formatted(i % STYLES, Html.text(lines.get(i).name())));
    }
    return legend.append("</ul>").toString();
  }

  private static double min(List<Line> lines, ToDoubleFunction<Point> value) {
    return lines.stream()
        .flatMap(line -> line.points().stream())
        .mapToDouble(value)
        .min()
        .orElseThrow();
  }

  private static double max(List<Line> lines, ToDoubleFunction<Point> value) {
    return lines.stream()
        .flatMap(line -> line.points().stream())
        .mapToDouble(value)
        .max()
        .orElseThrow();
  }
}
