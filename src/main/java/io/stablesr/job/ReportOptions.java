package io.stablesr.job;

import io.stablesr.core.ErrorCode;
import io.stablesr.core.StableSrException;
import io.stablesr.metric.MetricKind;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * How much a report holds.
 *
 * @param images images of which it shows pictures
 * @param picturePixels pixels that a picture in it has at most
 * @param maxResultPixels larger results are neither shown nor scored
 * @param scored images whose results it scores where the rows bring no scores
 * @param listed rows in its table
 * @param metrics names of metrics to compute; empty: the default ones
 * @param rankBy name of a metric, {@code time}, or empty for the first metric that there is
 * @param voteSeed of the order of blind votes
 */
public record ReportOptions(
    int images,
    long picturePixels,
    long maxResultPixels,
    int scored,
    int listed,
    List<String> metrics,
    String rankBy,
    long voteSeed) {
  /** Ranks by elapsed time instead of by a metric. */
  public static final String TIME = "time";

  private static final List<String> METRICS =
      Stream.of(MetricKind.PSNR, MetricKind.SSIM, MetricKind.NIQE_FREE)
          .map(MetricKind::label)
          .toList();

  /** Checks every value against its range. */
  public ReportOptions {
    Objects.requireNonNull(rankBy, "rankBy");
    metrics = metrics.isEmpty() ? METRICS : List.copyOf(metrics);
    require(images >= 0 && images <= 10_000, "images", images, "0..10000");
    require(picturePixels >= 10_000, "picture-pixels", picturePixels, "10000 and above");
    require(
        maxResultPixels >= 1 && maxResultPixels <= 700_000_000,
        "max-result-pixels",
        maxResultPixels,
        "1..700000000");
    require(scored >= 0, "scored", scored, "0 and above");
    require(listed >= 0 && listed <= 100_000, "listed", listed, "0..100000");
    // Page and pairs are drawn by JavaScript, whose whole numbers end here.
    require(voteSeed >= 0 && voteSeed < 1L << 32, "vote-seed", voteSeed, "0..4294967295");
    for (String metric : metrics) {
      require(
          MetricKind.named(metric).filter(kind -> kind.subject().isSingle()).isPresent(),
          "metrics",
          metric,
          "the metrics of single pictures and of pairs, see docs/metrics.md");
    }
  }

  private static void require(boolean holds, String key, Object value, String range) {
    if (!holds) {
      throw new StableSrException(
          ErrorCode.CONFIG, "report.%s is %s; it must be in %s.".formatted(key, value, range));
    }
  }
}
