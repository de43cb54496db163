package io.stablesr.spark;

import com.typesafe.config.Config;
import io.stablesr.core.ErrorCode;
import io.stablesr.core.StableSrException;
import io.stablesr.job.SettingsReader;
import io.stablesr.job.WorkItem;
import io.stablesr.restore.ModelSettings;
import io.stablesr.restore.Upscaler;
import io.stablesr.restore.UpscalerFactory;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.resource.ResourceInformation;
import org.apache.spark.sql.Row;
import org.apache.spark.util.SerializableConfiguration;

/** Processes the images of one partition, one after the other, with the executor's model. */
final class PartitionTask implements FlatMapFunction<Iterator<List<WorkItem>>, Row> {
  private static final long serialVersionUID = 1L;

  private final Broadcast<SerializableConfiguration> hadoop;
  private final Config settings;
  private final UpscalerFactory factory;
  private final RunFacts run;
  private final ProgressCounters counters;

  PartitionTask(
      Broadcast<SerializableConfiguration> hadoop,
      Config settings,
      UpscalerFactory factory,
      RunFacts run,
      ProgressCounters counters) {
    this.hadoop = hadoop;
    this.settings = settings;
    this.factory = factory;
    this.run = run;
    this.counters = counters;
  }

  @Override
  public Iterator<Row> call(Iterator<List<WorkItem>> bins) {
    TaskContext task = TaskContext.get();
    Upscaler model = ExecutorModels.INSTANCE.get(factory, model(task));
    ImageStore store =
        new ImageStore(
            hadoop.value().value(), "%s-%d".formatted(run.runId(), task.taskAttemptId()));
    ImageTask images = new ImageTask(settings, store, model);
    String host = host();
    Iterator<WorkItem> items = flatten(bins);
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return items.hasNext();
      }

      @Override
      public Row next() {
        if (task.isInterrupted()) {
          throw new StableSrException(ErrorCode.CANCELLED, "The task was cancelled.");
        }
        WorkItem item = items.next();
        return ResultSchema.row(images.process(item, counters.start(item)), run, host);
      }
    };
  }

  /** The model settings on the GPU that Spark gave this task, unless a device was asked for. */
  private ModelSettings model(TaskContext task) {
    ModelSettings model = SettingsReader.model(settings);
    ResourceInformation gpu = task.resourcesJMap().get("gpu");
    return gpu != null && model.device().equals("auto")
        ? model.onDevice("cuda:" + gpu.addresses()[0])
        : model;
  }

  private static Iterator<WorkItem> flatten(Iterator<List<WorkItem>> bins) {
    List<WorkItem> items = new ArrayList<>();
    bins.forEachRemaining(items::addAll);
    return items.iterator();
  }

  private static String host() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "unknown";
    }
  }
}
