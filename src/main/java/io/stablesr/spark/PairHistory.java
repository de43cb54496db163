package io.stablesr.spark;

import io.stablesr.core.ErrorCode;
import io.stablesr.core.StableSrException;
import io.stablesr.job.DegradeOptions;
import io.stablesr.job.ExistingOutput;
import io.stablesr.job.Ledger;
import io.stablesr.job.ResultRow;
import io.stablesr.job.RowStatus;
import io.stablesr.job.WorkItem;
import java.io.IOException;
import java.sql.Timestamp;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;

/**
 * The pairs of earlier runs of a set. A run that died has left no rows; its pairs are made again,
 * give the same bytes, and are found to be there.
 */
final class PairHistory {
  private final PairPlaces places;
  private final Ledger.OutputSizes outputs;
  private final ExistingOutput existing;
  private final Ledger.FailedImages failed;
  private final Map<String, Row> rows = new HashMap<>();

  /** What to do with a pair. */
  sealed interface Decision {
    /** It is to be made. */
    record Make() implements Decision {}

    /** The row of an earlier run stands for it. */
    record Keep(Row row) implements Decision {}

    /** Another pair has its place. */
    record Skip(ResultRow.Failure reason) implements Decision {}
  }

  PairHistory(
      PairPlaces places,
      Ledger.OutputSizes outputs,
      ExistingOutput existing,
      Ledger.FailedImages failed) {
    this.places = places;
    this.outputs = outputs;
    this.existing = existing;
    this.failed = failed;
  }

  /** Reads the rows below {@code rowsRoot}; of several for one pair the last counts. */
  void read(SparkSession spark, Path rowsRoot) throws IOException {
    List<String> runs = History.committedRuns(rowsRoot, spark.sparkContext().hadoopConfiguration());
    if (runs.isEmpty()) {
      return;
    }
    spark
        .read()
        .schema(PairSchema.SCHEMA)
        .option("basePath", rowsRoot.toString())
        .parquet(runs.toArray(String[]::new))
        // The folder's name has been made a column of its own, which is ours already.
        .select(
            java.util.Arrays.stream(PairSchema.SCHEMA.fieldNames())
                .map(functions::col)
                .toArray(org.apache.spark.sql.Column[]::new))
        .where(functions.col("pair_schema_version").equalTo(PairSchema.VERSION))
        .where(functions.col("status").isin(RowStatus.DONE.name(), RowStatus.FAILED.name()))
        .toLocalIterator()
        .forEachRemaining(
            row ->
                rows.merge(
                    key(row.getAs("image_id"), row.<Integer>getAs("crop")),
                    row,
                    PairHistory::later));
  }

  private static Row later(Row a, Row b) {
    return b.<Timestamp>getAs("finished_at").before(a.<Timestamp>getAs("finished_at")) ? a : b;
  }

  Decision decide(WorkItem item, int crop) {
    Row row = rows.get(key(item.id(), crop));
    if (row == null) {
      return new Decision.Make();
    }
    boolean same =
        item.parametersDigest().equals(row.getAs("parameters_digest"))
            && places.groundTruth(item, crop).equals(row.getAs("gt_uri"))
            && sameInput(item.inputVersion(), row.getAs("input_version"));
    boolean done = RowStatus.DONE.name().equals(row.getAs("status"));
    boolean present = isPresent(row, "gt") && isPresent(row, "lq");
    if (same && done && present) {
      return new Decision.Keep(row);
    }
    if (same && !done && failed == Ledger.FailedImages.KEEP && !isTransient(row)) {
      return new Decision.Keep(row);
    }
    if (!same && done && present && existing == ExistingOutput.SKIP) {
      DegradeOptions options = places.options();
      return new Decision.Skip(
          new ResultRow.Failure(
              ErrorCode.OUTPUT_DIFFERS,
              ("%s was made with other parameters or from another version of the image (preset"
                      + " %s, seed %d; now %s, %d); set output.overwrite (--overwrite) to replace it or choose"
                      + " another output folder.")
                  .formatted(
                      row.<String>getAs("gt_uri"),
                      row.<String>getAs("preset"),
                      row.<Long>getAs("seed"),
                      options.source().name(),
                      options.seed())));
    }
    return new Decision.Make();
  }

  private static boolean sameInput(String now, String then) {
    return now.isEmpty() || then == null || then.equals(now);
  }

  private static boolean isTransient(Row row) {
    try {
      return ErrorCode.valueOf(row.getAs("error_code")).isTransient();
    } catch (IllegalArgumentException e) {
      throw new StableSrException(
          ErrorCode.INPUT_READ,
          "A row of an earlier run has the error code %s, which this version does not know."
              .formatted(row.<String>getAs("error_code")),
          e);
    }
  }

  private boolean isPresent(Row row, String file) {
    Long bytes = row.getAs(file + "_bytes");
    return Optional.ofNullable(bytes)
        .map(
            length -> {
              var there = outputs.bytes(row.getAs(file + "_uri"));
              return there.isPresent() && there.getAsLong() == length;
            })
        .orElse(false);
  }

  private static String key(String imageId, int crop) {
    return crop + "\n" + imageId;
  }
}
