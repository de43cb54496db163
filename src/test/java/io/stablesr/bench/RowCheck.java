package io.stablesr.bench;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** Looks at the rows that a job has written. */
final class RowCheck {
  private static final Pattern ROWS = Pattern.compile("rows: +\\S*/(run_id=\\S+)");

  private RowCheck() {}

  /**
   * Fails unless the run that {@code log} ends with has one DONE row per image.
   *
   * @param rowsRoot local folder that holds a folder per run
   */
  static void oneDoneRowPerImage(Path rowsRoot, String log, int images) {
    Matcher run = ROWS.matcher(log);
    if (!run.find()) {
      throw new IllegalStateException("The job's output does not say where the rows are.");
    }
    SparkSession spark =
        SparkSession.builder()
            .master("local[1]")
            .config("spark.ui.enabled", "false")
            .config("spark.driver.host", "127.0.0.1")
            .getOrCreate();
    List<Row> rows =
        spark.read().parquet(rowsRoot.resolve(run.group(1)).toString()).collectAsList();
    Set<String> ids = new HashSet<>();
    for (Row row : rows) {
      if (!row.<String>getAs("status").equals("DONE") || !ids.add(row.getAs("image_id"))) {
        throw new IllegalStateException("A row that must not be: " + row);
      }
    }
    if (ids.size() != images) {
      throw new IllegalStateException("%d rows for %d images".formatted(ids.size(), images));
    }
  }
}
