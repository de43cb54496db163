package io.stablesr.spark;

import io.stablesr.core.Digests;
import io.stablesr.core.FloatTensor;
import io.stablesr.core.StableSrException;
import io.stablesr.image.DecodeLimits;
import io.stablesr.image.ImageDecoder;
import io.stablesr.job.ExistingOutput;
import io.stablesr.job.ResultFile;
import io.stablesr.metric.MetricSet;
import io.stablesr.sweep.SweepSummary;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.hadoop.fs.Path;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.SerializableConfiguration;

/**
 * Scores results; what an earlier run has scored and not yet written to the table is taken over.
 */
final class ScoreTask implements FlatMapFunction<Iterator<ScoreItem>, ScoreRecord> {
  private static final long serialVersionUID = 1L;

  private final Broadcast<SerializableConfiguration> hadoop;
  private final ScoreSettings settings;
  private final String journal;
  private final StoreRetry retry;

  /**
   * @param journal folder of the records of this configuration
   */
  ScoreTask(
      Broadcast<SerializableConfiguration> hadoop,
      ScoreSettings settings,
      String journal,
      StoreRetry retry) {
    this.hadoop = hadoop;
    this.settings = settings;
    this.journal = journal;
    this.retry = retry;
  }

  @Override
  public Iterator<ScoreRecord> call(Iterator<ScoreItem> items) {
    ImageStore store =
        new ImageStore(
            hadoop.value().value(),
            new Path(journal, "scratch"),
            Long.toString(TaskContext.get().taskAttemptId()),
            retry);
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return items.hasNext();
      }

      @Override
      public ScoreRecord next() {
        return score(store, items.next());
      }
    };
  }

  private ScoreRecord score(ImageStore store, ScoreItem item) {
    String place = journal + "/" + item.scoreId() + ".json";
    if (store.exists(place)) {
      Optional<ScoreRecord> known =
          ScoreRecord.parse(new String(store.read(place), StandardCharsets.UTF_8))
              .filter(record -> record.scoreId().equals(item.scoreId()));
      if (known.isPresent()) {
        return known.get();
      }
    }
    ScoreRecord record = ExecutorMetrics.INSTANCE.use(settings, set -> scored(set, store, item));
    store.publish(
        place,
        ResultFile.of(record.toJson().getBytes(StandardCharsets.UTF_8)),
        ExistingOutput.REPLACE);
    return record;
  }

  /**
   * A store that fails ends the task, which Spark repeats; a picture that is wrong has no scores.
   */
  private static ScoreRecord scored(MetricSet metrics, ImageStore store, ScoreItem item) {
    byte[] output = store.read(item.outputUri());
    byte[] reference = item.referenceUri() == null ? null : store.read(item.referenceUri());
    byte[] input = item.inputUri() == null ? null : store.read(item.inputUri());
    long start = System.nanoTime();
    Map<String, Double> scores = new TreeMap<>();
    String error = null;
    int width = 0;
    int height = 0;
    try {
      ImageDecoder decoder = new ImageDecoder(DecodeLimits.defaults());
      FloatTensor picture = decoder.decode(item.outputUri(), output).rgb();
      width = picture.dim(2);
      height = picture.dim(1);
      Optional<FloatTensor> truth =
          reference == null
              ? Optional.empty()
              : Optional.of(decoder.decode(item.referenceUri(), reference).rgb());
      Optional<FloatTensor> source =
          input == null
              ? Optional.empty()
              : Optional.of(decoder.decode(item.inputUri(), input).rgb());
      MetricSet.Scores found =
          metrics.score(new MetricSet.Views(picture, truth, source, List.of()));
      error = found.failure().orElse(null);
      found
          .values()
          .forEach(
              (kind, score) -> {
                // JSON has no infinity, and no mean could be taken of one.
                if (Double.isFinite(score)) {
                  scores.put(SweepSummary.column(kind), score);
                }
              });
    } catch (StableSrException | IllegalArgumentException e) {
      error = e.getMessage();
    }
    return new ScoreRecord(
        item.scoreId(),
        scores,
        error,
        width,
        height,
        Digests.sha256(output),
        reference == null ? null : Digests.sha256(reference),
        (System.nanoTime() - start) / 1_000_000,
        System.currentTimeMillis());
  }
}
