package io.stablesr.spark;

import io.stablesr.core.ErrorCode;
import io.stablesr.core.StableSrException;
import io.stablesr.job.ImageRecord;
import io.stablesr.job.RowStatus;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocatedFileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.apache.spark.util.SerializableConfiguration;

/**
 * What earlier runs of an output folder left behind: the rows of those that came to their end, the
 * journals of those that did not.
 */
final class History {
  private static final int RECORDS_PER_TASK = 500;

  /** Bounds what the driver gets at a time: 100,000 records of some kilobytes. */
  private static final int MOST_TASKS_TOGETHER = 200;

  private final SparkSession spark;
  private final Path outputFolder;
  private final Path rowsRoot;
  private final StoreRetry retry;

  /**
   * @param rowsRoot folder that holds a {@code run_id=...} folder per run
   */
  History(SparkSession spark, Path outputFolder, Path rowsRoot, StoreRetry retry) {
    this.spark = spark;
    this.outputFolder = outputFolder;
    this.rowsRoot = rowsRoot;
    this.retry = retry;
  }

  /** Gives every record to {@code ledger}. */
  void read(Consumer<ImageRecord> ledger) {
    try {
      committedRows(ledger);
      journals(ledger);
    } catch (IOException e) {
      throw new StableSrException(
          ErrorCode.INPUT_READ,
          "The records of earlier runs of %s cannot be read: %s"
              .formatted(outputFolder, e.getMessage()),
          e);
    }
  }

  private void committedRows(Consumer<ImageRecord> ledger) throws IOException {
    List<String> runs = committedRuns(rowsRoot, hadoop());
    if (runs.isEmpty()) {
      return;
    }
    Dataset<Row> rows =
        spark
            .read()
            .schema(ResultSchema.SCHEMA)
            .option("basePath", rowsRoot.toString())
            .parquet(runs.toArray(String[]::new))
            .where(
                functions
                    .col("schema_version")
                    .between(ResultSchema.OLDEST_READABLE, ResultSchema.VERSION))
            .where(functions.col("status").isin(RowStatus.DONE.name(), RowStatus.FAILED.name()));
    Dataset<Row> latest = runs.size() == 1 ? rows : latest(rows);
    latest.toLocalIterator().forEachRemaining(row -> ledger.accept(ResultSchema.record(row)));
  }

  /**
   * The row of each image that was computed last: every run writes a row for every image, so that
   * after a year of nights the driver would get each of them 365 times.
   */
  private static Dataset<Row> latest(Dataset<Row> rows) {
    Column whole = functions.struct(functions.col("*"));
    return rows.groupBy("image_id")
        .agg(functions.max_by(whole, functions.col("finished_at")).as("latest"))
        .select("latest.*");
  }

  /** The folders of the rows of runs that came to their end, as Spark reads them. */
  static List<String> committedRuns(Path rowsRoot, Configuration hadoop) throws IOException {
    List<String> runs = new ArrayList<>();
    FileSystem files = rowsRoot.getFileSystem(hadoop);
    for (FileStatus run : children(files, rowsRoot)) {
      // Without this mark the run is not at its end, or never will be.
      if (run.isDirectory() && files.exists(new Path(run.getPath(), "_SUCCESS"))) {
        runs.add(LiteralPath.of(run.getPath()));
      }
    }
    return runs;
  }

  private void journals(Consumer<ImageRecord> ledger) throws IOException {
    Path folder = new Path(outputFolder, Journal.FOLDER);
    FileSystem files = folder.getFileSystem(hadoop());
    List<String> records = new ArrayList<>();
    try {
      RemoteIterator<LocatedFileStatus> found = files.listFiles(folder, /* recursive */ true);
      while (found.hasNext()) {
        Path path = found.next().getPath();
        if (Journal.isRecord(path)) {
          records.add(path.toString());
        }
      }
    } catch (FileNotFoundException e) {
      return;
    }
    if (records.isEmpty()) {
      return;
    }
    JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    int slices = Math.max(1, Math.min(records.size() / RECORDS_PER_TASK, 10_000));
    JavaRDD<String> texts =
        context
            .parallelize(records, slices)
            .mapPartitions(
                new ReadRecords(context.broadcast(new SerializableConfiguration(hadoop())), retry));
    // Iterating would read one partition after the other; all at once would not fit the driver.
    int together = Math.max(1, Math.min(context.defaultParallelism(), MOST_TASKS_TOGETHER));
    for (int from = 0; from < slices; from += together) {
      int[] partitions = IntStream.range(from, Math.min(from + together, slices)).toArray();
      for (List<String> part : texts.collectPartitions(partitions)) {
        part.forEach(json -> ImageRecord.parse(json).ifPresent(ledger));
      }
    }
  }

  private static List<FileStatus> children(FileSystem files, Path folder) throws IOException {
    try {
      return List.of(files.listStatus(folder));
    } catch (FileNotFoundException e) {
      return List.of();
    }
  }

  private Configuration hadoop() {
    return spark.sparkContext().hadoopConfiguration();
  }

  /** Reads small files on the executors. */
  private record ReadRecords(Broadcast<SerializableConfiguration> hadoop, StoreRetry retry)
      implements FlatMapFunction<Iterator<String>, String> {
    private static final long serialVersionUID = 1L;

    @Override
    public Iterator<String> call(Iterator<String> paths) throws IOException {
      List<String> texts = new ArrayList<>();
      while (paths.hasNext()) {
        Path path = new Path(paths.next());
        Optional<String> text =
            retry.run(() -> Journal.read(path.getFileSystem(hadoop.value().value()), path));
        text.ifPresent(texts::add);
      }
      return texts.iterator();
    }
  }
}
