package io.stablesr.spark;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import io.stablesr.core.ErrorCode;
import io.stablesr.core.StableSrException;
import java.util.List;
import java.util.Map;
import org.apache.spark.SparkConf;
import org.apache.spark.sql.SparkSession;

/** Opens Spark sessions from the {@code spark} block of the settings. */
final class SparkSessions {
  /** Variables of executors, empty ones only where they are set; docs/configuration.md. */
  private static final Map<String, String> EXECUTOR_DEFAULTS =
      Map.of(
          "OMP_WAIT_POLICY", "PASSIVE",
          "MALLOC_ARENA_MAX", "2",
          "GLIBC_TUNABLES", "glibc.malloc.hugetlb=1",
          "GOMP_SPINCOUNT", "");

  private SparkSessions() {}

  /** A session; what spark-submit or {@code -Dspark.*} has set is kept. */
  static SparkSession open(Config settings) {
    SparkConf conf = new SparkConf();
    conf.setIfMissing("spark.app.name", "stablesr");
    if (!conf.contains("spark.master")) {
      conf.set("spark.master", settings.getString("spark.master"));
      conf.setIfMissing("spark.ui.enabled", Boolean.toString(settings.getBoolean("spark.ui")));
      conf.setIfMissing("spark.driver.host", "127.0.0.1");
      conf.setIfMissing("spark.ui.showConsoleProgress", "false");
    }
    // Progress inside a task travels with the heartbeat. Below this, a slow machine's first
    // heartbeat
    // meets a driver that is not ready and logs errors.
    conf.setIfMissing("spark.executor.heartbeatInterval", "5s");
    conf.setIfMissing(
        "spark.redaction.regex", "(?i)secret|password|token|access[.]?key|credential");
    // The library default prefetches and turns an outage of the store into unreadable images.
    conf.setIfMissing("spark.hadoop.fs.s3a.input.stream.type", "classic");
    // Rows have more columns than Spark prints without a warning.
    conf.setIfMissing("spark.sql.debug.maxToStringFields", "100");
    committers(conf);
    patience(conf);
    for (Map.Entry<String, ConfigValue> entry : settings.getConfig("spark.conf").entrySet()) {
      List<String> path = ConfigUtil.splitPath(entry.getKey());
      String key = String.join(".", path);
      if (!key.startsWith("spark.")) {
        throw new StableSrException(
            ErrorCode.CONFIG,
            "spark.conf has the key '%s'; Spark properties start with 'spark.'.".formatted(key));
      }
      conf.set(key, entry.getValue().unwrapped().toString());
    }
    return SparkSession.builder().config(conf).getOrCreate();
  }

  /**
   * Rows appear on an object store when the job commits, without renaming, which would copy them.
   * Where Spark's module for that is not on the class path, rows are written as everywhere else.
   */
  private static void committers(SparkConf conf) {
    String protocol = "org.apache.spark.internal.io.cloud.PathOutputCommitProtocol";
    if (SparkSessions.class.getClassLoader().getResource(protocol.replace('.', '/') + ".class")
        == null) {
      return;
    }
    conf.setIfMissing("spark.sql.sources.commitProtocolClass", protocol);
    conf.setIfMissing(
        "spark.sql.parquet.output.committer.class",
        "org.apache.spark.internal.io.cloud.BindingParquetOutputCommitter");
    conf.setIfMissing(
        "spark.hadoop.mapreduce.outputcommitter.factory.scheme.s3a",
        "org.apache.hadoop.fs.s3a.commit.S3ACommitterFactory");
    conf.setIfMissing("spark.hadoop.fs.s3a.committer.name", "magic");
    // Other runs may be writing rows of their own below the same folder.
    conf.setIfMissing("spark.hadoop.fs.s3a.committer.abort.pending.uploads", "false");
  }

  /** The library's own patience is minutes to hours per request; images have a deadline here. */
  private static void patience(SparkConf conf) {
    conf.setIfMissing("spark.hadoop.fs.s3a.retry.limit", "5");
    conf.setIfMissing("spark.hadoop.fs.s3a.retry.throttle.limit", "6");
    conf.setIfMissing("spark.hadoop.fs.s3a.attempts.maximum", "3");
    executorEnvironment(conf, System.getenv());
    // Tasks that die with their executor say nothing about their images.
    conf.setIfMissing("spark.task.maxFailures", "8");
  }

  /** What is set for this process counts for executors too. */
  static void executorEnvironment(SparkConf conf, Map<String, String> own) {
    EXECUTOR_DEFAULTS.forEach(
        (name, otherwise) -> {
          String value = own.getOrDefault(name, "").isBlank() ? otherwise : own.get(name);
          if (!value.isBlank()) {
            conf.setIfMissing("spark.executorEnv." + name, value);
          }
        });
  }
}
