package io.stablesr.spark;

import io.stablesr.job.JobTally;
import io.stablesr.job.RowStatus;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;

/** Counts a run's rows by status, of whatever schema they are. */
final class RowTally {
  private RowTally() {}

  /**
   * Reads the rows three times.
   *
   * @param keys columns that name an item, the first of them {@code image_id}
   */
  static JobTally of(Dataset<Row> rows, String runId, String... keys) {
    Map<RowStatus, Long> counts = new EnumMap<>(RowStatus.class);
    for (Row row : rows.groupBy("status").count().collectAsList()) {
      counts.put(ResultSchema.status(row), row.<Long>getAs("count"));
    }
    Column[] shown =
        Stream.concat(Stream.of(keys), Stream.of("status", "error_code", "error_message"))
            .map(functions::col)
            .toArray(Column[]::new);
    Column[] order = Stream.of(keys).map(functions::col).toArray(Column[]::new);
    // A summary shows a few; all of them are in the rows.
    List<String> problems =
        rows
            .where(functions.col("status").notEqual(RowStatus.DONE.name()))
            .select(shown)
            .orderBy(order)
            .limit(JobTally.SHOWN_PROBLEMS)
            .collectAsList()
            .stream()
            .map(ResultSchema::problem)
            .toList();
    long before =
        rows.where(functions.col("status").equalTo(RowStatus.DONE.name()))
            .where(functions.col("computed_run_id").notEqual(runId))
            .count();
    return new JobTally(counts, before, problems);
  }
}
