package io.stablesr.spark;

import io.stablesr.engine.ComputeDevice;
import io.stablesr.engine.TensorEngine;
import io.stablesr.metric.MetricSet;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Function;

/**
 * The metrics that are open in this JVM, which live as long as it, for the reason that {@link
 * ExecutorModels} gives. A set is for one thread at a time, so there are as many as tasks that
 * score at once.
 */
final class ExecutorMetrics {
  /** The only instance of this JVM. */
  static final ExecutorMetrics INSTANCE = new ExecutorMetrics();

  private final ConcurrentHashMap<ScoreSettings, ConcurrentLinkedQueue<MetricSet>> idle =
      new ConcurrentHashMap<>();

  private ExecutorMetrics() {}

  /** Does something with a set that nobody else uses meanwhile. */
  <T> T use(ScoreSettings settings, Function<MetricSet, T> work) {
    ConcurrentLinkedQueue<MetricSet> free =
        idle.computeIfAbsent(settings, key -> new ConcurrentLinkedQueue<>());
    MetricSet found = free.poll();
    MetricSet metrics = found == null ? open(settings) : found;
    try {
      return work.apply(metrics);
    } finally {
      free.add(metrics);
    }
  }

  private static MetricSet open(ScoreSettings settings) {
    return new MetricSet(
        TensorEngine.open(ComputeDevice.CPU, settings.threads()),
        settings.kinds(),
        settings.protocol(),
        Optional.ofNullable(settings.weights()).map(Path::of));
  }
}
