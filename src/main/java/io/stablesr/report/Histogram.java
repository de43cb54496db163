package io.stablesr.report;

import java.util.Arrays;

/** How values are distributed. */
final class Histogram {
  private static final int MOST_BINS = 30;

  private Histogram() {}

  /**
   * A chart of at least one value, with a line at the median.
   *
   * @param name what the values are
   * @param unit of the values; empty for none
   */
  static String svg(String name, String unit, double[] values) {
    double low = Arrays.stream(values).min().orElseThrow();
    double high = Arrays.stream(values).max().orElseThrow();
    int bins = high > low ? bins(values.length) : 1;
    int[] counts = new int[bins];
    for (double value : values) {
      int bin = high > low ? (int) ((value - low) / (high - low) * bins) : 0;
      counts[Math.min(bin, bins - 1)]++;
    }
    double width = high > low ? (high - low) / bins : Math.max(Math.abs(low), 1) * 0.05;
    Axes axes = Axes.ofCounts(low, low + bins * width, Arrays.stream(counts).max().orElseThrow());
    StringBuilder content = new StringBuilder();
    for (int bin = 0; bin < bins; bin++) {
      double from = low + bin * width;
      double left = axes.x(from);
      content.append(
          "<rect class=\"bin\" x=\"%s\" y=\"%s\" width=\"%s\" height=\"%s\"><title>%s</title></rect>"
              .formatted(
                  Axes.number(left + 0.5),
                  Axes.number(axes.y(counts[bin])),
                  Axes.number(Math.max(1, axes.x(from + width) - left - 1)),
                  Axes.number(axes.bottom() - axes.y(counts[bin])),
                  Html.text(
                      "%s to %s %s: %d"
                          .formatted(
                              Numbers.brief(from),
                              Numbers.brief(from + width),
                              unit,
                              counts[bin]))));
    }
    double median = Numbers.quantile(values, 0.5);
    content.append(Axes.line("median", axes.x(median), axes.top(), axes.x(median), axes.bottom()));
    String label =
        "%s of %d: median %s, 5 %% to 95 %%: %s to %s"
            .formatted(
                name,
                values.length,
                Numbers.brief(median),
                Numbers.brief(Numbers.quantile(values, 0.05)),
                Numbers.brief(Numbers.quantile(values, 0.95)));
    return axes.svg(label, unit.isEmpty() ? name : name + ", " + unit, "count", content.toString())
        + "<figcaption>%s</figcaption>"
            .formatted(Html.text(label + (unit.isEmpty() ? "" : " " + unit)));
  }

  private static int bins(int count) {
    return Math.max(4, Math.min(MOST_BINS, (int) Math.ceil(2 * Math.cbrt(count))));
  }
}
