package io.stablesr.spark;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigValueFactory;
import io.stablesr.core.ErrorCode;
import io.stablesr.core.StableSrException;
import io.stablesr.job.FlightPlan;
import io.stablesr.job.ResultRow;
import io.stablesr.job.RunOptions;
import io.stablesr.job.SettingsReader;
import io.stablesr.job.WorkItem;
import io.stablesr.restore.FallbackUpscaler;
import io.stablesr.restore.ModelDtype;
import io.stablesr.restore.ModelSettings;
import io.stablesr.restore.Upscaler;
import io.stablesr.restore.UpscalerFactory;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;
import org.apache.spark.SparkEnv;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Row;
import org.apache.spark.util.SerializableConfiguration;
import org.apache.spark.util.TaskCompletionListener;

/** Processes the images of one partition with the executor's model. */
final class PartitionTask implements FlatMapFunction<Iterator<List<WorkItem>>, Row> {
  private static final long serialVersionUID = 1L;
  private static final Logger LOG = LogManager.getLogger(PartitionTask.class);

  private final Broadcast<SerializableConfiguration> hadoop;
  private final Config settings;
  private final FlightPlan flight;
  private final UpscalerFactory factory;
  private final RunFacts run;
  private final ProgressCounters counters;

  PartitionTask(
      Broadcast<SerializableConfiguration> hadoop,
      Config settings,
      FlightPlan flight,
      UpscalerFactory factory,
      RunFacts run,
      ProgressCounters counters) {
    this.hadoop = hadoop;
    this.settings = settings;
    this.flight = flight;
    this.factory = factory;
    this.run = run;
    this.counters = counters;
  }

  @Override
  public Iterator<Row> call(Iterator<List<WorkItem>> bins) {
    TaskContext task = TaskContext.get();
    RunOptions options = SettingsReader.run(settings);
    ModelSettings modelSettings = Devices.model(settings, task);
    Upscaler model = ExecutorModels.INSTANCE.get(factory, modelSettings);
    // Settings that do not suit the model are one sentence about the job, not a row per image.
    model.check(SettingsReader.upscale(settings));
    ImageTask images = images(task, options, modelSettings, model);
    TaskMetrics metrics = TaskMetrics.of(SparkEnv.get());
    StagePipeline<ImageRun> pipeline =
        new StagePipeline<>(
            started(bins, images, metrics),
            new StagePipeline.Stages<>(
                images::read,
                image -> metrics.inFlight(() -> images.compute(image)),
                images::write,
                image -> image.fail(ErrorCode.DEADLINE, late(options))),
            new StagePipeline.Limits(
                flight.readAhead(),
                // One at a time where something ended the process before: the marks of the journal
                // then name the image that did.
                attempt(task) > 0 ? 1 : flight.imagesInFlight(),
                flight.writeBehind(),
                options.deadlineSeconds() * 1000L));
    task.addTaskCompletionListener((TaskCompletionListener) context -> pipeline.close());
    OutageWatch watch = new OutageWatch(options.breakerImages());
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return pipeline.hasNext();
      }

      @Override
      public Row next() {
        if (task.isInterrupted()) {
          throw new StableSrException(ErrorCode.CANCELLED, "The task was cancelled.");
        }
        ResultRow row = pipeline.next().row();
        watch.see(row.error());
        return ResultSchema.row(row, run);
      }
    };
  }

  private ImageTask images(
      TaskContext task, RunOptions options, ModelSettings modelSettings, Upscaler model) {
    Configuration configuration = hadoop.value().value();
    StoreRetry retry = StoreRetry.of(options);
    ImageTask.TaskFacts facts =
        new ImageTask.TaskFacts(
            run.runId(),
            host(),
            SparkEnv.get().executorId(),
            modelSettings.computeDevice().toString(),
            attempt(task));
    return new ImageTask(
        settings.withValue("sampling.tile-batch", ConfigValueFactory.fromAnyRef(tileBatch(model))),
        new ImageStore(
            configuration,
            Journal.scratch(run.outputFolder(), run.runId()),
            Long.toString(task.taskAttemptId()),
            retry),
        new Journal(configuration, run.outputFolder(), run.runId(), retry),
        facts,
        new FallbackUpscaler(
            model,
            modelSettings.dtype(),
            () -> ExecutorModels.INSTANCE.get(factory, modelSettings.withDtype(ModelDtype.FP32))),
        model.modelId());
  }

  /** As planned, or smaller on a GPU that the driver did not know. */
  private int tileBatch(Upscaler model) {
    if (model.gpuBytes().isEmpty()) {
      return flight.tileBatch();
    }
    FlightPlan here = flight.onGpu(model.gpuBytes().getAsLong());
    if (here.tileBatch() < flight.tileBatch()) {
      LOG.warn(here.notes().get(here.notes().size() - 1));
    }
    return here.tileBatch();
  }

  private Iterator<ImageRun> started(
      Iterator<List<WorkItem>> bins, ImageTask images, TaskMetrics metrics) {
    List<WorkItem> items = new ArrayList<>();
    bins.forEachRemaining(items::addAll);
    Iterator<WorkItem> iterator = items.iterator();
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return iterator.hasNext();
      }

      @Override
      public ImageRun next() {
        WorkItem item = iterator.next();
        return images.start(item, counters.start(item, metrics));
      }
    };
  }

  private static int attempt(TaskContext task) {
    return task.attemptNumber() + task.stageAttemptNumber();
  }

  private static String late(RunOptions options) {
    return "Reading or writing took more than %d s (store.deadline-seconds)."
        .formatted(options.deadlineSeconds());
  }

  static String host() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "unknown";
    }
  }
}
