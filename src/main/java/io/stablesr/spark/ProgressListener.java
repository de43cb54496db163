package io.stablesr.spark;

import com.codahale.metrics.MetricRegistry;
import io.stablesr.job.Progress;
import io.stablesr.job.ProgressConsole;
import java.util.List;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.apache.spark.scheduler.AccumulableInfo;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerExecutorMetricsUpdate;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import scala.jdk.javaapi.CollectionConverters;

/**
 * Adds up the counters of running and finished tasks as heartbeats and task ends bring them. What a
 * failed task had counted is no progress, because its images are done again.
 */
final class ProgressListener extends SparkListener {
  private final ProgressConsole console;
  private final long imagesTotal;
  private final long costTotal;
  private final Breaker breaker;
  private final LongSupplier nanoTime;
  private final long startNanos;
  private final TaskCounts counts = new TaskCounts();

  ProgressListener(
      ProgressConsole console,
      long imagesTotal,
      long costTotal,
      Breaker breaker,
      LongSupplier nanoTime) {
    this.console = console;
    this.imagesTotal = imagesTotal;
    this.costTotal = costTotal;
    this.breaker = breaker;
    this.nanoTime = nanoTime;
    this.startNanos = nanoTime.getAsLong();
  }

  /** Shows the progress in Spark's metrics system, where it stays until the next job. */
  void publish(MetricRegistry metrics) {
    gauge(metrics, "images.total", progress -> progress.imagesTotal());
    gauge(metrics, "images.done", progress -> progress.imagesDone());
    gauge(metrics, "images.failed", progress -> progress.failures());
    gauge(metrics, "tiles", progress -> progress.tilesDone());
    gauge(
        metrics,
        "work.share",
        progress -> (double) progress.costDone() / Math.max(1, progress.costTotal()));
  }

  private void gauge(MetricRegistry metrics, String name, Function<Progress, Number> value) {
    metrics.registerGauge(name, () -> value.apply(progress()));
  }

  @Override
  public void onExecutorMetricsUpdate(SparkListenerExecutorMetricsUpdate update) {
    CollectionConverters.asJava(update.accumUpdates())
        .forEach(task -> keep((Long) task._1(), CollectionConverters.asJava(task._4())));
    show();
  }

  @Override
  public void onTaskEnd(SparkListenerTaskEnd end) {
    long task = end.taskInfo().taskId();
    if (end.taskInfo().successful()) {
      keep(task, CollectionConverters.asJava(end.taskInfo().accumulables()));
      counts.succeeded(task);
    } else {
      counts.failed(task);
    }
    show();
  }

  private void show() {
    console.update(progress());
    breaker.see(
        counts.sumOfAttempts(ProgressCounters.IMAGES),
        counts.sumOfAttempts(ProgressCounters.OUTAGES));
  }

  /** Shows the final state. */
  void finish() {
    console.finish(progress());
  }

  private void keep(long task, Iterable<AccumulableInfo> counters) {
    for (AccumulableInfo counter : counters) {
      if (counter.name().isDefined()
          && counter.name().get().startsWith("stablesr.")
          && counter.update().isDefined()
          && counter.update().get() instanceof Long count) {
        counts.keep(task, counter.name().get(), count);
      } else if (counter.name().isDefined()
          && counter.name().get().equals(ProgressCounters.REASONS)
          && counter.update().isDefined()
          && counter.update().get() instanceof List<?> reasons
          && !reasons.isEmpty()) {
        breaker.reason(reasons.get(0).toString());
      }
    }
  }

  private Progress progress() {
    return new Progress(
        counts.sum(ProgressCounters.IMAGES),
        imagesTotal,
        counts.sum(ProgressCounters.FAILURES),
        counts.sum(ProgressCounters.TILES),
        counts.sum(ProgressCounters.COST),
        costTotal,
        (nanoTime.getAsLong() - startNanos) / 1_000_000);
  }
}
