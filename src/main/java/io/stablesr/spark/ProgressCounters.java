package io.stablesr.spark;

import io.stablesr.job.ResultRow;
import io.stablesr.job.WorkItem;
import io.stablesr.restore.UpscaleListener;
import java.io.Serializable;
import java.util.Map;
import org.apache.spark.SparkContext;
import org.apache.spark.util.CollectionAccumulator;
import org.apache.spark.util.LongAccumulator;

/**
 * Counts what tasks do; for display and for the breaker only, since Spark counts repeated tasks
 * again. Accumulators are not made for several threads, and the stages of a task run in several.
 */
final class ProgressCounters implements Serializable {
  static final String IMAGES = "stablesr.images";
  static final String FAILURES = "stablesr.failures";
  static final String OUTAGES = "stablesr.outages";
  static final String REASONS = "stablesr.reasons";
  static final String TILES = "stablesr.tiles";
  static final String COST = "stablesr.cost";

  /** Share of an image's cost that is done when its last tile is: decoding and writing follow. */
  private static final double BEFORE_DECODING = 0.8;

  private static final long serialVersionUID = 1L;

  private final LongAccumulator images;
  private final LongAccumulator failures;
  private final LongAccumulator outages;
  private final CollectionAccumulator<String> reasons;
  private final LongAccumulator tiles;
  private final LongAccumulator cost;

  ProgressCounters(SparkContext spark) {
    images = spark.longAccumulator(IMAGES);
    failures = spark.longAccumulator(FAILURES);
    outages = spark.longAccumulator(OUTAGES);
    reasons = spark.collectionAccumulator(REASONS);
    tiles = spark.longAccumulator(TILES);
    cost = spark.longAccumulator(COST);
  }

  /** Counts one image; listens to its tiles until it is finished. */
  final class Image implements UpscaleListener {
    private final WorkItem item;
    private final TaskMetrics metrics;
    private int tilesBefore;
    private long costBefore;

    Image(WorkItem item, TaskMetrics metrics) {
      this.item = item;
      this.metrics = metrics;
    }

    @Override
    public void tilesDone(int done, int total) {
      synchronized (ProgressCounters.this) {
        tiles.add(done - tilesBefore);
        // Less than before where an image begins again with less memory.
        metrics.tiles(Math.max(0, done - tilesBefore));
        tilesBefore = done;
        reach((long) (item.cost() * BEFORE_DECODING * done / Math.max(1, total)));
      }
    }

    @Override
    public void decoded(double share) {
      synchronized (ProgressCounters.this) {
        reach((long) (item.cost() * (BEFORE_DECODING + (1 - BEFORE_DECODING) * share)));
      }
    }

    private void reach(long costNow) {
      cost.add(costNow - costBefore);
      costBefore = costNow;
    }

    /** Tells how long the stages of the image took. */
    void stages(Map<String, Long> millis) {
      metrics.stages(millis);
    }

    /** The image has its result. */
    void succeeded() {
      metrics.imageDone();
      synchronized (ProgressCounters.this) {
        finish();
      }
    }

    /** The image has none. */
    void failed(ResultRow.Failure reason) {
      metrics.imageFailed();
      synchronized (ProgressCounters.this) {
        failures.add(1);
        if (reason.code().isOutage()) {
          outages.add(1);
          if (reasons.value().isEmpty()) {
            reasons.add(reason.code() + ": " + reason.message());
          }
        }
        finish();
      }
    }

    private void finish() {
      images.add(1);
      reach(item.cost());
    }
  }

  Image start(WorkItem item, TaskMetrics metrics) {
    return new Image(item, metrics);
  }
}
