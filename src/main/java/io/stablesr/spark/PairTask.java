package io.stablesr.spark;

import com.typesafe.config.Config;
import io.stablesr.core.ErrorCode;
import io.stablesr.core.StableSrException;
import io.stablesr.job.ImageCodec;
import io.stablesr.job.ImageResult;
import io.stablesr.job.ResultRow;
import io.stablesr.job.RowStatus;
import io.stablesr.job.RunOptions;
import io.stablesr.job.SettingsReader;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkEnv;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Row;
import org.apache.spark.util.SerializableConfiguration;

/** Makes the pairs of the images of one partition. */
final class PairTask implements FlatMapFunction<Iterator<List<PairItem>>, Row> {
  private static final long serialVersionUID = 1L;

  private final Broadcast<SerializableConfiguration> hadoop;
  private final Config settings;
  private final PairPlaces places;
  private final String runId;
  private final ProgressCounters counters;

  PairTask(
      Broadcast<SerializableConfiguration> hadoop,
      Config settings,
      PairPlaces places,
      String runId,
      ProgressCounters counters) {
    this.hadoop = hadoop;
    this.settings = settings;
    this.places = places;
    this.runId = runId;
    this.counters = counters;
  }

  @Override
  public Iterator<Row> call(Iterator<List<PairItem>> bins) {
    TaskContext task = TaskContext.get();
    List<PairItem> items = new ArrayList<>();
    bins.forEachRemaining(items::addAll);
    Iterator<PairItem> images = items.iterator();
    PairMaker maker = maker(task);
    OutageWatch watch = new OutageWatch(SettingsReader.run(settings).breakerImages());
    Queue<Row> ready = new ArrayDeque<>();
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return !ready.isEmpty() || images.hasNext();
      }

      @Override
      public Row next() {
        if (ready.isEmpty()) {
          if (task.isInterrupted()) {
            throw new StableSrException(ErrorCode.CANCELLED, "The task was cancelled.");
          }
          ready.addAll(image(maker, images.next(), watch));
        }
        return ready.remove();
      }
    };
  }

  private List<Row> image(PairMaker maker, PairItem item, OutageWatch watch) {
    ProgressCounters.Image progress = counters.start(item.item(), TaskMetrics.of(SparkEnv.get()));
    List<PairResult> pairs = maker.make(item);
    Optional<ResultRow.Failure> failure =
        pairs.stream()
            .filter(pair -> pair.status() == RowStatus.FAILED)
            .findFirst()
            .flatMap(PairResult::error);
    failure.ifPresentOrElse(progress::failed, progress::succeeded);
    watch.see(failure);
    return pairs.stream().map(pair -> PairSchema.row(pair, places, runId)).toList();
  }

  private PairMaker maker(TaskContext task) {
    Configuration configuration = hadoop.value().value();
    RunOptions run = SettingsReader.run(settings);
    int attempt = task.attemptNumber() + task.stageAttemptNumber();
    String executor = SparkEnv.get().executorId();
    String host = PartitionTask.host();
    return new PairMaker(
        places,
        new ImageCodec(SettingsReader.job(settings)),
        new ImageStore(
            configuration,
            Journal.scratch(places.outputFolder(), runId),
            Long.toString(task.taskAttemptId()),
            StoreRetry.of(run)),
        SettingsReader.job(settings).existingOutput(),
        () -> new ImageResult.Origin(runId, host, executor, attempt, System.currentTimeMillis()));
  }
}
