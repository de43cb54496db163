package io.stablesr.report;

import io.stablesr.job.ReportOptions;
import io.stablesr.job.SoftwareVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.function.Consumer;

/** Writes the folder of a report: {@code index.html}, {@code vote.html}, {@code pictures}. */
public final class ReportWriter {
  private final ReportOptions options;
  private final PictureSource source;
  private final SeamFinder seams;
  private final Clock clock;
  private final Consumer<String> listener;

  /**
   * @param clock the time in the pages
   * @param listener gets a sentence for each picture that cannot be shown
   */
  public ReportWriter(
      ReportOptions options,
      PictureSource source,
      SeamFinder seams,
      Clock clock,
      Consumer<String> listener) {
    this.options = options;
    this.source = source;
    this.seams = seams;
    this.clock = clock;
    this.listener = listener;
  }

  /**
   * What is in a report.
   *
   * @param page to open
   * @param rows rows that it is about
   * @param pictures images with pictures
   */
  public record Written(Path page, int rows, int pictures) {}

  /**
   * Writes the folder; it appears when it is complete.
   *
   * @param title of the pages
   */
  public Written write(ReportTable table, String title, Path folder) {
    return NewFolder.write(
        folder, (unfinished, target) -> writeInto(unfinished, table, title, target));
  }

  private Written writeInto(Path folder, ReportTable table, String title, Path target)
      throws IOException {
    Ranking ranking = Ranking.of(table, options);
    List<ShownImage> shown =
        new PictureFolder(folder.resolve(PictureFolder.NAME), source, seams, options, listener)
            .write(table, ranking.shown());
    String made =
        "%s, %s".formatted(clock.instant().truncatedTo(ChronoUnit.SECONDS), SoftwareVersion.text());
    String json = PageData.json(table, shown, options.voteSeed(), title);
    Files.writeString(
        folder.resolve("index.html"),
        Page.html(
            title,
            SummaryPage.body(table, ranking, shown, title, made, options),
            json,
            "report.js"));
    Files.writeString(
        folder.resolve("vote.html"),
        Page.html("Votes: " + title, Page.resource("vote.html"), json, "vote.js"));
    return new Written(target.resolve("index.html"), table.cases().size(), shown.size());
  }
}
