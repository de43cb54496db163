package io.stablesr.spark;

import io.stablesr.job.JobSummary;
import io.stablesr.job.RowStatus;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
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
    Map<RowStatus, Long> counts = new EnumMap<>(RowStatus.class);
    for (Row row : rows.groupBy("status").count().collectAsList()) {
      counts.put(ResultSchema.status(row), row.<Long>getAs("count"));
    }
    // A summary shows a few; all of them are in the rows.
    List<String> problems =
        rows
            .where(functions.col("status").notEqual(RowStatus.DONE.name()))
            .select("image_id", "status", "error_code", "error_message")
            .orderBy("image_id")
            .limit(JobSummary.SHOWN_PROBLEMS)
            .collectAsList()
            .stream()
            .map(ResultSchema::problem)
            .toList();
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
    long before =
        rows.where(functions.col("status").equalTo(RowStatus.DONE.name()))
            .where(functions.col("computed_run_id").notEqual(runId))
            .count();
    rows.unpersist();
    return new JobSummary(
        runId,
        counts,
        before,
        problems,
        stageMillis,
        outputFolder.toString(),
        rowsFolder.toString(),
        elapsedMillis);
  }
}
