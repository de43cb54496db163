package io.stablesr.spark;

import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * One local Spark session for all tests of the JVM: starting one takes longer than most tests. It
 * is kept in the root store, so it is stopped once, at the very end.
 */
public final class SharedSpark implements BeforeAllCallback {
  private static final ExtensionContext.Namespace SPACE =
      ExtensionContext.Namespace.create(SharedSpark.class);

  /** Stops the session when the store is closed. */
  private record Holder(SparkSession session) implements AutoCloseable {
    @Override
    public void close() {
      session.stop();
    }
  }

  @Override
  public void beforeAll(ExtensionContext context) {
    context
        .getRoot()
        .getStore(SPACE)
        .getOrComputeIfAbsent("session", key -> new Holder(start()), Holder.class);
  }

  private static SparkSession start() {
    return SparkSession.builder()
        .master("local[2]")
        .appName("stablesr-tests")
        .config("spark.ui.port", "0")
        .config("spark.ui.showConsoleProgress", "false")
        .config(
            "spark.metrics.conf.driver.sink.prometheusServlet.class",
            "org.apache.spark.metrics.sink.PrometheusServlet")
        .config("spark.metrics.conf.driver.sink.prometheusServlet.path", "/metrics/prometheus")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.sql.shuffle.partitions", "2")
        .config("spark.hadoop.fs.s3a.input.stream.type", "classic")
        .getOrCreate();
  }
}
