package io.stablesr.spark;

import com.codahale.metrics.Counter;
import com.codahale.metrics.Meter;
import com.codahale.metrics.MetricRegistry;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.spark.SparkEnv;

/**
 * What the tasks of this process have done since it began (docs/monitoring.md). Images of repeated
 * tasks are counted again.
 */
final class TaskMetrics {
  static final String SOURCE = "stablesr";

  private final MetricRegistry registry;
  private final Counter done;
  private final Counter failed;
  private final Counter inFlight;
  private final Meter tiles;

  TaskMetrics(MetricRegistry registry) {
    this.registry = registry;
    this.done = registry.counter("images.done");
    this.failed = registry.counter("images.failed");
    this.inFlight = registry.counter("images.in-flight");
    this.tiles = registry.meter("tiles");
  }

  /** The metrics of this process. */
  static TaskMetrics of(SparkEnv env) {
    return new TaskMetrics(MetricSource.shared(env, SOURCE));
  }

  /** Runs the networks on an image. */
  void inFlight(Runnable networks) {
    inFlight.inc();
    try {
      networks.run();
    } finally {
      inFlight.dec();
    }
  }

  void tiles(int evaluations) {
    tiles.mark(evaluations);
  }

  void imageDone() {
    done.inc();
  }

  void imageFailed() {
    failed.inc();
  }

  /** Adds the elapsed time of each stage of an image. */
  void stages(Map<String, Long> millis) {
    millis.forEach(
        (stage, elapsed) ->
            registry.timer("stage." + stage).update(elapsed, TimeUnit.MILLISECONDS));
  }
}
