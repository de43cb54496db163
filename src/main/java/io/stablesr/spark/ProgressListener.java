package io.stablesr.spark;

import com.codahale.metrics.MetricRegistry;
import io.stablesr.job.Progress;
import io.stablesr.job.ProgressConsole;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
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
  private final Map<Long, Map<String, Long>> countsOfTasks = new ConcurrentHashMap<>();

  /** What failed tasks had counted: no progress, but the breaker shall know of their outages. */
  private final Map<String, Long> countsOfFailedTasks = new ConcurrentHashMap<>();

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
    } else {
      Map<String, Long> counts = countsOfTasks.remove(task);
      if (counts != null) {
        counts.forEach((name, count) -> countsOfFailedTasks.merge(name, count, Long::sum));
      }
    }
    show();
  }

  private void show() {
    console.update(progress());
    breaker.see(sumOfAttempts(ProgressCounters.IMAGES), sumOfAttempts(ProgressCounters.OUTAGES));
  }

  /** Shows the final state. */
  void finish() {
    console.finish(progress());
  }

  private void keep(long task, Iterable<AccumulableInfo> counters) {
    Map<String, Long> counts = countsOfTasks.computeIfAbsent(task, t -> new ConcurrentHashMap<>());
    for (AccumulableInfo counter : counters) {
      if (counter.name().isDefined()
          && counter.name().get().startsWith("stablesr.")
          && counter.update().isDefined()
          && counter.update().get() instanceof Long count) {
        counts.put(counter.name().get(), count);
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
        sum(ProgressCounters.IMAGES),
        imagesTotal,
        sum(ProgressCounters.FAILURES),
        sum(ProgressCounters.TILES),
        sum(ProgressCounters.COST),
        costTotal,
        (nanoTime.getAsLong() - startNanos) / 1_000_000);
  }

  private long sumOfAttempts(String name) {
    return sum(name) + countsOfFailedTasks.getOrDefault(name, 0L);
  }

  private long sum(String name) {
    return countsOfTasks.values().stream().mapToLong(counts -> counts.getOrDefault(name, 0L)).sum();
  }
}
