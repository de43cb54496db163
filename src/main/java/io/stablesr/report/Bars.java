package io.stablesr.report;

import java.util.List;
import java.util.Locale;

/** Lengths beside their names. */
final class Bars {
  private Bars() {}

  /**
   * A bar.
   *
   * @param name what it stands for
   * @param value its length, 0 or more
   * @param text the value as it is written
   */
  record Bar(String name, double value, String text) {}

  static String html(List<Bar> bars) {
    double longest = bars.stream().mapToDouble(Bar::value).max().orElse(0);
    StringBuilder html = new StringBuilder("<table class=\"bars\"><tbody>");
    for (Bar bar : bars) {
      double share = longest > 0 ? 100 * bar.value() / longest : 0;
      html.append(
          "<tr><th scope=\"row\">%s</th><td><span class=\"bar\" style=\"width:%s%%\"></span></td><td class=\"number\">%s</td></tr>"
              .formatted(
                  Html.text(bar.name()),
                  String.format(Locale.ROOT, "%.1f", share),
                  Html.text(bar.text())));
    }
    return html.append("</tbody></table>").toString();
  }
}
