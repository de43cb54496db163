package io.stablesr.spark;

import io.stablesr.metric.MetricColor;
import io.stablesr.metric.MetricKind;
import io.stablesr.metric.MetricSet;
import io.stablesr.metric.TileBorders;
import java.io.Serializable;
import java.util.List;

/**
 * What the executors score with.
 *
 * @param kinds metrics whose files are there
 * @param color what PSNR and SSIM see
 * @param borderPixels what they leave out on each side
 * @param tilePixels side of the tiles whose borders seam looks at
 * @param overlapPixels overlap of these tiles
 * @param weights folder of weight files; null without
 * @param threads threads of one native call, for the whole process; 0 leaves them as they are
 */
record ScoreSettings(
    List<MetricKind> kinds,
    MetricColor color,
    int borderPixels,
    int tilePixels,
    int overlapPixels,
    String weights,
    int threads)
    implements Serializable {
  ScoreSettings {
    kinds = List.copyOf(kinds);
  }

  MetricSet.Protocol protocol() {
    return new MetricSet.Protocol(color, borderPixels, new TileBorders(tilePixels, overlapPixels));
  }

  /** Whether a metric compares with what a result was made from. */
  boolean lookAtInputs() {
    return kinds.stream().anyMatch(kind -> kind.subject() == MetricKind.Subject.INPUT);
  }
}
