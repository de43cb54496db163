package io.stablesr.spark;

import io.stablesr.core.Words;
import io.stablesr.job.JobSummary;
import io.stablesr.job.JobTally;
import io.stablesr.restore.PreCleaning;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;

/** Sums up the rows of a run. */
final class RowsSummary {
  private final SparkSession spark;
  private final String runId;

  RowsSummary(SparkSession spark, String runId) {
    this.spark = spark;
    this.runId = runId;
  }

  JobSummary of(Path outputFolder, Path rowsFolder, long elapsedMillis) {
    Dataset<Row> rows =
        spark.read().schema(ResultSchema.SCHEMA).parquet(LiteralPath.of(rowsFolder)).cache();
    JobTally tally = RowTally.of(rows, runId, "image_id");
    Map<String, Long> stageMillis = new LinkedHashMap<>();
    for (Row row :
        rows.where(functions.col("computed_run_id").equalTo(runId))
            .select(functions.explode(functions.col("stage_millis")))
            .groupBy("key")
            .sum("value")
            .orderBy(functions.desc("sum(value)"))
            .collectAsList()) {
      stageMillis.put(row.getString(0), row.getLong(1));
    }
    Map<PreCleaning.Decision, Long> preCleaned = new EnumMap<>(PreCleaning.Decision.class);
    for (Row row :
        rows.where(functions.col("pre_clean").isNotNull())
            .groupBy("pre_clean")
            .count()
            .collectAsList()) {
      preCleaned.put(
          Words.parse(PreCleaning.Decision.class, "pre_clean", row.getString(0)), row.getLong(1));
    }
    rows.unpersist();
    return new JobSummary(
        runId,
        tally,
        preCleaned,
        stageMillis,
        outputFolder.toString(),
        rowsFolder.toString(),
        elapsedMillis);
  }
}
