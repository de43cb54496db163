package io.stablesr.report;

import java.util.Locale;

/** The frame of a chart: linear axes with marks at round numbers, as SVG. */
final class Axes {
  static final int WIDTH = 440;
  static final int HEIGHT = 260;
  private static final int LEFT = 66;
  private static final int RIGHT = 12;
  private static final int TOP = 12;
  private static final int BOTTOM = 44;
  private static final int MARKS = 5;

  private final double xFrom;
  private final double xTo;
  private final double yFrom;
  private final double yTo;
  private final double xStep;
  private final double yStep;

  /** Axes that hold these values and reach to marks. */
  Axes(double xLow, double xHigh, double yLow, double yHigh) {
    this(xLow, xHigh, yLow, yHigh, 0);
  }

  /** Axes over which things are counted up to {@code most}: marks are whole numbers. */
  static Axes ofCounts(double xLow, double xHigh, int most) {
    return new Axes(xLow, xHigh, 0, most, 1);
  }

  private Axes(double xLow, double xHigh, double yLow, double yHigh, double leastStep) {
    xStep = Numbers.step(range(xLow, xHigh), MARKS);
    yStep = Math.max(leastStep, Numbers.step(range(yLow, yHigh), MARKS));
    xFrom = Math.floor(xLow / xStep + 1e-9) * xStep;
    xTo = Math.max(Math.ceil(xHigh / xStep - 1e-9) * xStep, xFrom + xStep);
    yFrom = Math.floor(yLow / yStep + 1e-9) * yStep;
    yTo = Math.max(Math.ceil(yHigh / yStep - 1e-9) * yStep, yFrom + yStep);
  }

  private static double range(double low, double high) {
    return high > low ? high - low : Math.max(Math.abs(low), 1) * 0.1;
  }

  double x(double value) {
    return LEFT + (value - xFrom) / (xTo - xFrom) * (WIDTH - LEFT - RIGHT);
  }

  double y(double value) {
    return HEIGHT - BOTTOM - (value - yFrom) / (yTo - yFrom) * (HEIGHT - TOP - BOTTOM);
  }

  double bottom() {
    return HEIGHT - BOTTOM;
  }

  double top() {
    return TOP;
  }

  /** The whole chart around its content; {@code label} is what a screen reader says. */
  String svg(String label, String xLabel, String yLabel, String content) {
    StringBuilder svg = new StringBuilder();
    svg.append(
        "<svg class=\"chart\" role=\"img\" viewBox=\"0 0 %d %d\" aria-label=\"%s\">"
            .formatted(WIDTH, HEIGHT, Html.text(label)));
    for (int i = 0; yFrom + i * yStep <= yTo + yStep / 2; i++) {
      double value = yFrom + i * yStep;
      svg.append(line("grid", LEFT, y(value), WIDTH - RIGHT, y(value)));
      svg.append(text("mark end", LEFT - 6, y(value) + 4, Numbers.mark(value, yStep)));
    }
    for (int i = 0; xFrom + i * xStep <= xTo + xStep / 2; i++) {
      double value = xFrom + i * xStep;
      svg.append(line("tick", x(value), bottom(), x(value), bottom() + 4));
      svg.append(text("mark middle", x(value), bottom() + 17, Numbers.mark(value, xStep)));
    }
    svg.append(line("axis", LEFT, bottom(), WIDTH - RIGHT, bottom()));
    svg.append(text("label middle", (LEFT + WIDTH - RIGHT) / 2.0, HEIGHT - 6, xLabel));
    svg.append(
        "<text class=\"label middle\" transform=\"translate(12 %s) rotate(-90)\">%s</text>"
            .formatted(number((TOP + bottom()) / 2), Html.text(yLabel)));
    return svg.append(content).append("</svg>").toString();
  }

  static String line(String style, double x1, double y1, double x2, double y2) {
    return "<line class=\"%s\" x1=\"%s\" y1=\"%s\" x2=\"%s\" y2=\"%s\"/>"
        .formatted(style, number(x1), number(y1), number(x2), number(y2));
  }

  static String text(String style, double x, double y, String text) {
    return "<text class=\"%s\" x=\"%s\" y=\"%s\">%s</text>"
        .formatted(style, number(x), number(y), Html.text(text));
  }

  static String number(double value) {
    return String.format(Locale.ROOT, "%.1f", value);
  }
}
