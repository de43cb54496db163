package io.stablesr.spark;

import com.typesafe.config.Config;
import io.stablesr.core.ErrorCode;
import io.stablesr.core.StableSrException;
import io.stablesr.job.FlightPlan;
import io.stablesr.job.ProgressConsole;
import io.stablesr.job.RunOptions;
import io.stablesr.job.SettingsReader;
import io.stablesr.job.WorkItem;
import io.stablesr.restore.UpscalerFactory;
import java.util.List;
import java.util.concurrent.TimeoutException;
import org.apache.hadoop.fs.Path;
import org.apache.spark.SparkContext;
import org.apache.spark.SparkEnv;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.SerializableConfiguration;

/**
 * The stage that holds the devices: one task per bin, results and rows in one pass. There is no
 * shuffle before it, because a lost executor would then abort the job.
 */
final class DeviceStage {
  static final String METRICS = "stablesr-job";

  private final SparkSession spark;
  private final Config settings;
  private final RunOptions runOptions;
  private final FlightPlan flight;
  private final UpscalerFactory factory;
  private final RunFacts run;

  DeviceStage(
      SparkSession spark,
      Config settings,
      FlightPlan flight,
      UpscalerFactory factory,
      RunFacts run) {
    this.spark = spark;
    this.settings = settings;
    this.runOptions = SettingsReader.run(settings);
    this.flight = flight;
    this.factory = factory;
    this.run = run;
  }

  /**
   * Computes what is left and writes a row for every image.
   *
   * @throws StableSrException BREAKER when too many images failed for reasons outside of them; then
   *     no row is written, and what is finished is in the journal
   */
  void run(Remainder remainder, Path rowsFolder, ProgressConsole console) {
    SparkContext context = spark.sparkContext();
    String group = "stablesr-" + run.runId();
    Breaker breaker =
        new Breaker(
            runOptions.breakerImages(),
            runOptions.breakerRatio(),
            () -> context.cancelJobGroup(group));
    ProgressListener progress =
        new ProgressListener(
            console,
            remainder.compute().size(),
            remainder.compute().stream().mapToLong(WorkItem::cost).sum(),
            breaker,
            System::nanoTime);
    context.addSparkListener(progress);
    MetricSource.replace(SparkEnv.get(), METRICS, progress::publish);
    context.setJobGroup(group, "stablesr " + run.runId(), /* interruptOnCancel */ false);
    try {
      spark
          .createDataFrame(rows(remainder), ResultSchema.SCHEMA)
          .write()
          .parquet(rowsFolder.toString());
      // Listener events arrive late; without this the last line would miss the last images.
      context.listenerBus().waitUntilEmpty(5_000);
    } catch (TimeoutException e) {
      // Only the last progress line is less exact.
    } catch (Exception e) {
      // Scala throws the checked SparkException without declaring it.
      throw breaker.tripped() ? stopped(breaker, e) : UpscaleRunner.root(e);
    } finally {
      progress.finish();
      context.clearJobGroup();
      context.removeSparkListener(progress);
    }
  }

  private static StableSrException stopped(Breaker breaker, Exception e) {
    return new StableSrException(
        ErrorCode.BREAKER,
        breaker.text()
            + " The job was stopped; nothing is marked failed, and the same command goes on where it stopped.",
        e);
  }

  private JavaRDD<Row> rows(Remainder remainder) {
    JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    List<Remainder.Settled> settled = remainder.settled();
    JavaRDD<Row> known =
        context
            .parallelize(settled, SettledRow.partitions(settled.size()))
            .map(new SettledRow(settings, run, System.currentTimeMillis()));
    if (remainder.compute().isEmpty()) {
      return known;
    }
    List<List<WorkItem>> bins = JobPlanner.pack(spark, settings, remainder.compute());
    PartitionTask task =
        new PartitionTask(
            context.broadcast(
                new SerializableConfiguration(spark.sparkContext().hadoopConfiguration())),
            settings,
            flight,
            factory,
            run,
            new ProgressCounters(spark.sparkContext()));
    JavaRDD<Row> computed =
        Devices.required(context.parallelize(bins, bins.size()).mapPartitions(task), settings);
    return settled.isEmpty() ? computed : computed.union(known);
  }
}
