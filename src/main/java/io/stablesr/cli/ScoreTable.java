package io.stablesr.cli;

import io.stablesr.job.ScoreSheet;
import io.stablesr.metric.FolderScores;
import io.stablesr.metric.MetricKind;
import io.stablesr.metric.MetricSet;
import io.stablesr.metric.PairedDifference;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;

/** Means over pictures with the interval of a bootstrap. */
final class ScoreTable {
  private ScoreTable() {}

  static String render(FolderScores scores, Collection<MetricKind> kinds, ScoreSheet sheet) {
    MetricSet.Protocol protocol = sheet.protocol();
    StringBuilder text = new StringBuilder();
    long scored = scores.rows().stream().filter(row -> row.error().isEmpty()).count();
    text.append(
        String.format(
            Locale.ROOT,
            "%d pictures scored, %d not, %d without a true picture; psnr and ssim of %s, border %d%n",
            scored,
            scores.rows().size() - scored,
            scores.alone().size(),
            ScoreSheet.color(protocol.color()),
            protocol.borderPixels()));
    for (MetricKind kind : kinds) {
      text.append(line(scores, kind));
    }
    marked(scores, sheet, text);
    return text.toString();
  }

  private static void marked(FolderScores scores, ScoreSheet sheet, StringBuilder text) {
    long compared = scores.rows().stream().filter(row -> row.disagreement().isPresent()).count();
    if (compared == 0) {
      return;
    }
    List<String> marked =
        scores.rows().stream()
            .filter(
                row ->
                    row.disagreement()
                        .filter(most -> most.deviation() > sheet.seeds().threshold())
                        .isPresent())
            .map(FolderScores.Row::stem)
            .toList();
    text.append(
        String.format(
            Locale.ROOT,
            "hallucination    %d of %d pictures above %s%s%n",
            marked.size(),
            compared,
            sheet.seeds().threshold(),
            marked.isEmpty() ? "" : ": " + String.join(", ", marked)));
  }

  private static String line(FolderScores scores, MetricKind kind) {
    String better =
        kind.better() == MetricKind.Better.HIGHER ? "higher is better" : "lower is better";
    if (kind == MetricKind.FID) {
      OptionalDouble fid = scores.fid();
      return fid.isEmpty()
          ? ""
          : String.format(
              Locale.ROOT, "%-16s %10.4f  %s%n", kind.label(), fid.getAsDouble(), better);
    }
    double[] values =
        scores.rows().stream()
            .filter(row -> row.scores().containsKey(kind))
            .mapToDouble(row -> row.scores().get(kind))
            .toArray();
    if (values.length == 0) {
      return "";
    }
    PairedDifference mean = PairedDifference.fromZero(values);
    return String.format(
        Locale.ROOT,
        "%-16s %10.4f  95 %% %.4f to %.4f  %s%n",
        kind.label(),
        mean.mean(),
        mean.low(),
        mean.high(),
        better);
  }
}
