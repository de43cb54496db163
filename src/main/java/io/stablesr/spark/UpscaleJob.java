package io.stablesr.spark;

import com.typesafe.config.Config;
import io.stablesr.job.FlightPlan;
import io.stablesr.job.JobOptions;
import io.stablesr.job.JobSummary;
import io.stablesr.job.ProgressConsole;
import io.stablesr.job.RunOptions;
import io.stablesr.job.SettingsReader;
import io.stablesr.job.SoftwareVersion;
import io.stablesr.job.WorkItem;
import io.stablesr.restore.BundleInfo;
import io.stablesr.restore.UpscalerFactory;
import io.stablesr.restore.faces.FaceSettings;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;

/**
 * The upscale job: plans on the driver, leaves out what earlier runs have finished, hands the rest
 * to the executors without a shuffle, and writes results and rows in the same pass.
 */
final class UpscaleJob {
  static final String ROWS_FOLDER = "_rows";

  private final SparkSession spark;
  private final Config settings;
  private final JobOptions options;
  private final RunOptions runOptions;
  private final UpscalerFactory factory;
  private final String runId;

  UpscaleJob(SparkSession spark, Config settings, UpscalerFactory factory, String runId) {
    this.spark = spark;
    this.settings = settings;
    this.options = SettingsReader.job(settings);
    this.runOptions = SettingsReader.run(settings);
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
    Configuration hadoop = hadoop();
    Path outputFolder = qualified(output, hadoop);
    Path rowsRoot =
        options.rows().isEmpty()
            ? new Path(outputFolder, ROWS_FOLDER)
            : qualified(options.rows(), hadoop);
    Path rowsFolder = new Path(rowsRoot, "run_id=" + runId);
    BundleInfo bundle = factory.describe(SettingsReader.model(settings));
    RunFacts run =
        new RunFacts(
            runId,
            outputFolder.toString(),
            bundle.modelId(),
            bundle.licence(),
            SoftwareVersion.text(),
            SettingsReader.faces(settings).map(FaceSettings::parameters).orElse(Map.of()),
            settings);
    JobPlan plan =
        new JobPlanner(spark, settings, factory, upscale -> run.parameters(upscale).digest())
            .plan(input, outputFolder);
    List<WorkItem> items = plan.items();
    FlightPlan flight =
        ExecutorMemory.plan(
            spark.sparkContext().getConf(),
            JavaSparkContext.fromSparkContext(spark.sparkContext()).defaultParallelism(),
            settings,
            plan.largest(),
            factory);
    console.say("model: %s (licence: %s)".formatted(bundle.name(), bundle.licence()));
    try (RunGuard guard = new RunGuard(hadoop, outputFolder, rowsRoot, runId)) {
      Remainder remainder = remainder(items, outputFolder, rowsRoot);
      console.say(remainder.text());
      if (!remainder.compute().isEmpty()) {
        flight.notes().forEach(console::say);
        checkModel();
      }
      new DeviceStage(spark, settings, flight, factory, run).run(remainder, rowsFolder, console);
      guard.sweep(remainder.needed());
    }
    return new RowsSummary(spark, runId)
        .of(outputFolder, rowsFolder, (System.nanoTime() - start) / 1_000_000);
  }

  /**
   * A model that cannot be opened, or not under these settings, is then one clear sentence instead
   * of a failed stage. On a cluster the driver may have neither the device nor the memory, and the
   * executors check.
   */
  private void checkModel() {
    if (spark.sparkContext().isLocal()) {
      ExecutorModels.INSTANCE
          .get(factory, Devices.model(settings, spark.sparkContext().getConf()))
          .check(SettingsReader.upscale(settings));
    }
  }

  private Remainder remainder(List<WorkItem> items, Path outputFolder, Path rowsRoot) {
    StoreRetry retry = StoreRetry.of(runOptions);
    return Remainder.of(
        items,
        new History(spark, outputFolder, rowsRoot, retry),
        new OutputListing(hadoop(), outputFolder),
        options.existingOutput(),
        runOptions.failedImages());
  }

  private Configuration hadoop() {
    return spark.sparkContext().hadoopConfiguration();
  }

  private static Path qualified(String folder, Configuration hadoop) throws IOException {
    Path path = new Path(folder);
    return path.getFileSystem(hadoop).makeQualified(path);
  }
}
