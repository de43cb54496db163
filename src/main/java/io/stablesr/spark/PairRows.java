package io.stablesr.spark;

import io.stablesr.job.PairSummary;
import io.stablesr.job.RowStatus;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;

/** Sums up the rows of pairs of a run. */
final class PairRows {
  private final SparkSession spark;
  private final String runId;

  PairRows(SparkSession spark, String runId) {
    this.spark = spark;
    this.runId = runId;
  }

  PairSummary summary(Path outputFolder, Path rowsFolder, long elapsedMillis) {
    Dataset<Row> rows = spark.read().schema(PairSchema.SCHEMA).parquet(LiteralPath.of(rowsFolder));
    Map<RowStatus, Long> counts = new EnumMap<>(RowStatus.class);
    for (Row row : rows.groupBy("status").count().collectAsList()) {
      counts.put(RowStatus.valueOf(row.getAs("status")), row.<Long>getAs("count"));
    }
    List<String> problems =
        rows
            .where(functions.col("status").notEqual(RowStatus.DONE.name()))
            .select("image_id", "crop", "status", "error_code", "error_message")
            .orderBy("image_id", "crop")
            .limit(PairSummary.SHOWN_PROBLEMS)
            .collectAsList()
            .stream()
            .map(ResultSchema::problem)
            .toList();
    long before =
        rows.where(functions.col("status").equalTo(RowStatus.DONE.name()))
            .where(functions.col("computed_run_id").notEqual(runId))
            .count();
    return new PairSummary(
        counts, before, problems, outputFolder.toString(), rowsFolder.toString(), elapsedMillis);
  }
}
