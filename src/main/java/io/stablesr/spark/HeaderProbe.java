package io.stablesr.spark;

import com.typesafe.config.Config;
import io.stablesr.job.ImageCodec;
import io.stablesr.job.ImageEntry;
import io.stablesr.job.ImageFacts;
import io.stablesr.job.PlanOptions;
import io.stablesr.job.SettingsReader;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.SerializableConfiguration;

/** Reads the headers of a job's images: few on the driver, many in Spark tasks. */
final class HeaderProbe {
  /** Keeps a task's list of images well below what Spark warns about. */
  private static final int MOST_IMAGES_PER_TASK = 2000;

  private static final int TASKS_PER_SLOT = 4;

  private final SparkSession spark;
  private final Config settings;
  private final PlanOptions options;

  HeaderProbe(SparkSession spark, Config settings) {
    this.spark = spark;
    this.settings = settings;
    this.options = SettingsReader.plan(settings);
  }

  /** What the headers say, in the order of the images. */
  List<ImageFacts> read(List<ImageEntry> images) throws InterruptedException {
    List<ProbeRequest> requests = new ArrayList<>(images.size());
    images.forEach(image -> requests.add(ProbeRequest.of(image)));
    if (images.isEmpty() || images.size() < options.probeSparkImages()) {
      return new HeaderReader(
              spark.sparkContext().hadoopConfiguration(),
              new ImageCodec(SettingsReader.job(settings)),
              StoreRetry.of(SettingsReader.run(settings)))
          .readAll(requests, options.probeThreads());
    }
    JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    int tasks =
        Math.max(
            Math.min(images.size(), TASKS_PER_SLOT * context.defaultParallelism()),
            (images.size() + MOST_IMAGES_PER_TASK - 1) / MOST_IMAGES_PER_TASK);
    return context
        .parallelize(requests, tasks)
        .mapPartitions(
            new Task(
                context.broadcast(
                    new SerializableConfiguration(spark.sparkContext().hadoopConfiguration())),
                settings,
                options.probeThreads()))
        .collect();
  }

  private static final class Task implements FlatMapFunction<Iterator<ProbeRequest>, ImageFacts> {
    private static final long serialVersionUID = 1L;

    private final Broadcast<SerializableConfiguration> hadoop;
    private final Config settings;
    private final int threads;

    Task(Broadcast<SerializableConfiguration> hadoop, Config settings, int threads) {
      this.hadoop = hadoop;
      this.settings = settings;
      this.threads = threads;
    }

    @Override
    public Iterator<ImageFacts> call(Iterator<ProbeRequest> images) throws InterruptedException {
      List<ProbeRequest> requests = new ArrayList<>();
      images.forEachRemaining(requests::add);
      HeaderReader reader =
          new HeaderReader(
              hadoop.value().value(),
              new ImageCodec(SettingsReader.job(settings)),
              StoreRetry.of(SettingsReader.run(settings)));
      return reader.readAll(requests, threads).iterator();
    }
  }
}
