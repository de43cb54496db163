package io.stablesr.report;

import io.stablesr.job.ReportOptions;
import java.util.ArrayList;
import java.util.List;

/** The body of {@code index.html}. */
final class SummaryPage {
  private SummaryPage() {}

  static String body(
      ReportTable table,
      Ranking ranking,
      List<ShownImage> shown,
      String title,
      String made,
      ReportOptions options) {
    String sections =
        OverviewSection.html(table)
            + FailureSection.html(table)
            + ImageSection.gallery(table, ranking, shown)
            + CurveSection.html(table)
            + ChartSection.html(table)
            + ImageSection.rows(table, shown, options.listed());
    return "<header><h1>%s</h1><p>%s</p>%s</header><main>%s</main>%s"
        .formatted(
            Html.text(title),
            Html.text(made),
            navigation(sections, !shown.isEmpty()),
            sections,
            Page.resource("viewer.html"));
  }

  private static String navigation(String sections, boolean hasPictures) {
    List<String> links = new ArrayList<>();
    for (String id :
        List.of("overview", "failures", "images", "curves", "times", "quality", "rows")) {
      if (sections.contains("<section id=\"" + id + "\">")) {
        links.add("<a href=\"#%s\">%s</a>".formatted(id, id));
      }
    }
    if (hasPictures) {
      links.add("<a href=\"vote.html\">blind votes</a>");
    }
    return "<nav>%s<button type=\"button\" id=\"theme\">light or dark</button></nav>"
        .formatted(String.join("", links));
  }
}
