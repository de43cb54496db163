package io.stablesr.spark;

import com.typesafe.config.Config;
import io.stablesr.job.JobOptions;
import io.stablesr.job.JobSummary;
import io.stablesr.job.Planner;
import io.stablesr.job.ProgressConsole;
import io.stablesr.job.RowStatus;
import io.stablesr.job.SettingsReader;
import io.stablesr.job.SoftwareVersion;
import io.stablesr.job.WorkItem;
import io.stablesr.restore.BundleInfo;
import io.stablesr.restore.UpscalerFactory;
import java.io.IOException;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.apache.spark.util.SerializableConfiguration;

/**
 * The upscale job: plans on the driver, hands the bins to the executors without a shuffle, and
 * writes results and rows in the same pass.
 */
final class UpscaleJob {
  private final SparkSession spark;
  private final Config settings;
  private final JobOptions options;
  private final UpscalerFactory factory;
  private final String runId;

  UpscaleJob(SparkSession spark, Config settings, UpscalerFactory factory, String runId) {
    this.spark = spark;
    this.settings = settings;
    this.options = SettingsReader.job(settings);
    this.factory = factory;
    this.runId = runId;
  }

  /** Runs the job to its end; images that fail do not end it. */
  JobSummary run(String input, String output, ProgressConsole console)
      throws IOException, InterruptedException {
    long start = System.nanoTime();
    // Wrong values are to be found before anything is read.
    SettingsReader.model(settings);
    SettingsReader.upscale(settings);
    Configuration hadoop = spark.sparkContext().hadoopConfiguration();
    Path outputFolder = qualified(output, hadoop);
    Path rowsFolder =
        new Path(
            options.rows().isEmpty()
                ? new Path(outputFolder, "_rows")
                : qualified(options.rows(), hadoop),
            "run_id=" + runId);
    List<WorkItem> items =
        new JobPlanner(spark, settings, factory).plan(input, outputFolder).items();
    BundleInfo bundle = factory.describe(SettingsReader.model(settings).bundle());
    if (spark.sparkContext().isLocal()) {
      // A model that cannot be opened, or not under these settings, is then one clear sentence
      // instead of a failed stage or a failure of every image.
      ExecutorModels.INSTANCE
          .get(factory, SettingsReader.model(settings))
          .check(SettingsReader.upscale(settings));
    }
    console.say("model: %s (licence: %s)".formatted(bundle.name(), bundle.licence()));
    process(
        items, rowsFolder, new RunFacts(runId, bundle.licence(), SoftwareVersion.text()), console);
    return summary(outputFolder, rowsFolder, (System.nanoTime() - start) / 1_000_000);
  }

  private void process(
      List<WorkItem> items, Path rowsFolder, RunFacts run, ProgressConsole console) {
    JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    int wanted = options.partitions() > 0 ? options.partitions() : context.defaultParallelism();
    List<List<WorkItem>> bins = Planner.pack(items, wanted);
    ProgressListener progress =
        new ProgressListener(
            console,
            items.size(),
            items.stream().mapToLong(WorkItem::cost).sum(),
            System::nanoTime);
    spark.sparkContext().addSparkListener(progress);
    try {
      PartitionTask task =
          new PartitionTask(
              context.broadcast(
                  new SerializableConfiguration(spark.sparkContext().hadoopConfiguration())),
              settings,
              factory,
              run,
              new ProgressCounters(spark.sparkContext()));
      JavaRDD<Row> rows = context.parallelize(bins, bins.size()).mapPartitions(task);
      spark.createDataFrame(rows, ResultSchema.SCHEMA).write().parquet(rowsFolder.toString());
      // Listener events arrive late; without this the last line would miss the last images.
      spark.sparkContext().listenerBus().waitUntilEmpty(5_000);
    } catch (java.util.concurrent.TimeoutException e) {
      // Only the last progress line is less exact.
    } finally {
      progress.finish();
      spark.sparkContext().removeSparkListener(progress);
    }
  }

  private JobSummary summary(Path outputFolder, Path rowsFolder, long elapsedMillis) {
    Dataset<Row> rows =
        spark.read().schema(ResultSchema.SCHEMA).parquet(rowsFolder.toString()).cache();
    Map<RowStatus, Long> counts = new EnumMap<>(RowStatus.class);
    for (Row row : rows.groupBy("status").count().collectAsList()) {
      counts.put(ResultSchema.status(row), row.<Long>getAs("count"));
    }
    // A summary shows a few; all of them are in the rows.
    List<String> problems =
        rows
            .where(functions.col("status").notEqual(RowStatus.OK.name()))
            .select("image_id", "status", "error_code", "error_message")
            .orderBy("image_id")
            .limit(JobSummary.SHOWN_PROBLEMS)
            .collectAsList()
            .stream()
            .map(ResultSchema::problem)
            .toList();
    Map<String, Long> stageMillis = new LinkedHashMap<>();
    for (Row row :
        rows.select(functions.explode(functions.col("stage_millis")))
            .groupBy("key")
            .sum("value")
            .orderBy(functions.desc("sum(value)"))
            .collectAsList()) {
      stageMillis.put(row.getString(0), row.getLong(1));
    }
    rows.unpersist();
    return new JobSummary(
        runId,
        counts,
        problems,
        stageMillis,
        outputFolder.toString(),
        rowsFolder.toString(),
        elapsedMillis);
  }

  private static Path qualified(String folder, Configuration hadoop) throws IOException {
    Path path = new Path(folder);
    return path.getFileSystem(hadoop).makeQualified(path);
  }
}
