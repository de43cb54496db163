package io.stablesr.cli;

import io.stablesr.metric.FolderScores;
import io.stablesr.metric.MetricKind;
import io.stablesr.metric.MetricSet;
import io.stablesr.metric.PairedDifference;
import java.util.Collection;
import java.util.Locale;
import java.util.OptionalDouble;

/** Means over pictures with the interval of a bootstrap. */
final class ScoreTable {
  private ScoreTable() {}

  static String render(
      FolderScores scores, Collection<MetricKind> kinds, MetricSet.Protocol protocol) {
    StringBuilder text = new StringBuilder();
    long scored = scores.rows().stream().filter(row -> row.error().isEmpty()).count();
    text.append(
        String.format(
            Locale.ROOT,
            "%d pictures scored, %d not, %d without a true picture; psnr and ssim of %s, border %d%n",
            scored,
            scores.rows().size() - scored,
            scores.alone().size(),
            color(protocol),
            protocol.borderPixels()));
    for (MetricKind kind : kinds) {
      text.append(line(scores, kind));
    }
    return text.toString();
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
    PairedDifference mean = PairedDifference.of(values, new double[values.length]);
    return String.format(
        Locale.ROOT,
        "%-16s %10.4f  95 %% %.4f to %.4f  %s%n",
        kind.label(),
        mean.mean(),
        mean.low(),
        mean.high(),
        better);
  }

  /** What PSNR and SSIM saw, as the option has it. */
  static String color(MetricSet.Protocol protocol) {
    return switch (protocol.color()) {
      case YCBCR_LUMA -> "ycbcr";
      case YIQ_LUMA -> "yiq";
      case RGB -> "rgb";
    };
  }
}
