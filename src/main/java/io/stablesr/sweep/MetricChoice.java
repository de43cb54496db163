package io.stablesr.sweep;

import io.stablesr.metric.MetricKind;
import io.stablesr.metric.MetricSet;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What results are scored with.
 *
 * @param kinds metrics of one result, its true picture and its input
 * @param protocol what PSNR and SSIM see
 * @param weights folder of weight files, at the same path on every machine
 */
public record MetricChoice(
    List<MetricKind> kinds, MetricSet.Protocol protocol, Optional<Path> weights) {
  /** Copies the list; a row has place for metrics of one result. */
  public MetricChoice {
    kinds = List.copyOf(kinds);
    for (MetricKind kind : kinds) {
      if (!kind.subject().isOfOneResult()) {
        throw SweepFileReader.error(
            "sweep.metrics.names has %s, which looks at more than one result; use `stablesr metrics` on images/... for it."
                .formatted(kind.label()));
      }
    }
  }
}
