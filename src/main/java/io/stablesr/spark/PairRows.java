package io.stablesr.spark;

import io.stablesr.job.JobTally;
import io.stablesr.job.PairSummary;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

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
    JobTally tally = RowTally.of(rows, runId, "image_id", "crop");
    return new PairSummary(tally, outputFolder.toString(), rowsFolder.toString(), elapsedMillis);
  }
}
