package io.stablesr.spark;

import io.stablesr.FakeEngine;
import io.stablesr.job.JobSummary;
import io.stablesr.job.ProgressConsole;
import io.stablesr.job.SettingKeys;
import io.stablesr.job.Settings;
import io.stablesr.job.SettingsLayer;
import io.stablesr.restore.UpscalerFactory;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** Runs jobs, with the engine without networks where no other is given. */
final class JobFixture {
  private final StringWriter progress = new StringWriter();
  private final UpscalerFactory factory;

  JobFixture() {
    this(new FakeEngine());
  }

  JobFixture(UpscalerFactory factory) {
    this.factory = factory;
  }

  JobSummary run(String input, String output, Map<String, String> settings) {
    Map<String, String> typed = new LinkedHashMap<>(Map.of("sampling.steps", "3"));
    typed.putAll(settings);
    Settings effective =
        Settings.of(
            SettingKeys.reference(),
            List.of(SettingsLayer.ofCommandLine(typed)),
            bundle -> factory.describe(bundle).defaults());
    ProgressConsole console =
        new ProgressConsole(new PrintWriter(progress), ProgressConsole.Kind.PLAIN, 1);
    return new UpscaleRunner(factory, Clock.systemUTC()).run(effective, input, output, console);
  }

  /** What was shown while jobs ran. */
  String progress() {
    return progress.toString();
  }

  static Map<String, Row> rowsById(JobSummary summary) {
    Map<String, Row> rows = new LinkedHashMap<>();
    for (Row row :
        SparkSession.active()
            .read()
            .parquet(summary.rowsUri())
            .orderBy("image_id")
            .collectAsList()) {
      if (rows.put(row.getAs("image_id"), row) != null) {
        throw new AssertionError("Two rows for " + row);
      }
    }
    return rows;
  }
}
