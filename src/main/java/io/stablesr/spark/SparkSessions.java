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
}
