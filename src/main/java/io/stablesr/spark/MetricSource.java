package io.stablesr.spark;

import com.codahale.metrics.MetricRegistry;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.spark.SparkEnv;
import org.apache.spark.metrics.MetricsSystem;
import org.apache.spark.metrics.source.Source;
import scala.jdk.javaapi.CollectionConverters;

/**
 * Metrics under a name in Spark's metrics system. Spark keeps sources for as long as the process
 * lives, so there is no state of our own; and unlike a Spark plugin, a source needs no setting and
 * has a short name.
 */
record MetricSource(String sourceName, MetricRegistry metricRegistry) implements Source {
  /** The metrics of this name in this process; those of an earlier task if there was one. */
  static MetricRegistry shared(SparkEnv env, String name) {
    MetricsSystem system = env.metricsSystem();
    synchronized (system) {
      return find(system, name).map(Source::metricRegistry).orElseGet(() -> register(system, name));
    }
  }

  /**
   * Empty metrics of this name instead of those of an earlier job, filled before Spark sees them:
   * Spark copies what a source has when it is registered. With two jobs in one process the later
   * one is shown.
   */
  static void replace(SparkEnv env, String name, Consumer<MetricRegistry> filling) {
    MetricsSystem system = env.metricsSystem();
    MetricRegistry registry = new MetricRegistry();
    filling.accept(registry);
    synchronized (system) {
      find(system, name).ifPresent(system::removeSource);
      system.registerSource(new MetricSource(name, registry));
    }
  }

  private static Optional<Source> find(MetricsSystem system, String name) {
    return CollectionConverters.asJava(system.getSourcesByName(name)).stream().findFirst();
  }

  private static MetricRegistry register(MetricsSystem system, String name) {
    MetricRegistry registry = new MetricRegistry();
    system.registerSource(new MetricSource(name, registry));
    return registry;
  }
}
