package io.stablesr.report;

import io.stablesr.job.RowStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** What went wrong or was left out, by kind. */
final class FailureSection {
  private static final int MOST_EXAMPLES = 5;
  private static final int MOST_WARNINGS = 20;

  private FailureSection() {}

  static String html(ReportTable table) {
    Map<String, List<ReportCase>> byCode = new TreeMap<>();
    List<String> warnings = new ArrayList<>();
    long warned = 0;
    for (ReportCase one : table.cases()) {
      if (one.outcome().status() != RowStatus.DONE) {
        byCode.computeIfAbsent(one.outcome().errorCode(), code -> new ArrayList<>()).add(one);
      }
      if (!one.outcome().warnings().isEmpty()) {
        warned++;
        one.outcome().warnings().stream()
            .limit(MOST_WARNINGS - (long) warnings.size())
            .forEach(warning -> warnings.add(item(one, warning)));
      }
    }
    if (byCode.isEmpty() && warned == 0) {
      return "";
    }
    StringBuilder html =
        new StringBuilder("<section id=\"failures\"><h2>%s</h2>".formatted(heading(table, warned)));
    if (!byCode.isEmpty()) {
      html.append(bars(byCode));
      byCode.forEach((code, cases) -> html.append(examples(code, cases)));
    }
    if (warned > 0) {
      html.append(
          "<details><summary>%d rows with warnings</summary><ul>%s</ul></details>"
              .formatted(warned, String.join("", warnings)));
    }
    return html.append("</section>").toString();
  }

  /** A skipped image is no failure: something else is at the place of its result. */
  private static String heading(ReportTable table, long warned) {
    List<String> parts = new ArrayList<>();
    if (table.count(RowStatus.FAILED) > 0) {
      parts.add("failures");
    }
    if (table.count(RowStatus.SKIPPED) > 0) {
      parts.add("skipped images");
    }
    if (warned > 0) {
      parts.add("warnings");
    }
    String all = String.join(", ", parts).replaceFirst(", (?=[^,]*$)", " and ");
    return all.substring(0, 1).toUpperCase(Locale.ROOT) + all.substring(1);
  }

  private static String bars(Map<String, List<ReportCase>> byCode) {
    return ChartSection.figure(
        Bars.html(
            byCode.entrySet().stream()
                .sorted((a, b) -> b.getValue().size() - a.getValue().size())
                .map(
                    entry ->
                        new Bars.Bar(
                            entry.getKey(),
                            entry.getValue().size(),
                            Integer.toString(entry.getValue().size())))
                .toList()));
  }

  private static String examples(String code, List<ReportCase> cases) {
    StringBuilder html =
        new StringBuilder(
            "<details><summary>%s: %d</summary><ul>".formatted(Html.text(code), cases.size()));
    cases.stream()
        .limit(MOST_EXAMPLES)
        .forEach(one -> html.append(item(one, one.outcome().errorMessage())));
    if (cases.size() > MOST_EXAMPLES) {
      html.append("<li>and %d more</li>".formatted(cases.size() - MOST_EXAMPLES));
    }
    return html.append("</ul></details>").toString();
  }

  private static String item(ReportCase one, String sentence) {
    return "<li>%s: %s</li>".formatted(Html.name(one.imageId()), Html.text(sentence));
  }
}
