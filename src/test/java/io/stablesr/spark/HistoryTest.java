package io.stablesr.spark;

import static org.assertj.core.api.Assertions.assertThat;

import io.stablesr.job.ImageRecord;
import io.stablesr.job.ImageResult;
import io.stablesr.job.RowStatus;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.SparkContext;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerJobStart;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(SharedSpark.class)
class HistoryTest {
  private static final int RECORDS = 2000;

  @TempDir private java.nio.file.Path folder;

  @Test
  void aLongJournalIsReadByTasksAtTheSameTime() throws IOException, TimeoutException {
    SparkSession spark = SparkSession.active();
    SparkContext context = spark.sparkContext();
    Path output = new Path("file:" + folder);
    Journal journal = new Journal(new Configuration(), output.toString(), "dead", StoreRetry.ONCE);
    for (int i = 0; i < RECORDS; i++) {
      journal.write(record("p" + i));
    }
    AtomicInteger jobs = new AtomicInteger();
    SparkListener listener =
        new SparkListener() {
          @Override
          public void onJobStart(SparkListenerJobStart start) {
            jobs.incrementAndGet();
          }
        };
    Set<String> found = new HashSet<>();
    context.addSparkListener(listener);
    try {
      new History(spark, output, new Path(output, "_rows"), StoreRetry.ONCE)
          .read(record -> found.add(record.imageId()));
      context.listenerBus().waitUntilEmpty(10_000);
    } finally {
      context.removeSparkListener(listener);
    }

    assertThat(found).hasSize(RECORDS);
    int tasks = RECORDS / 500;
    assertThat(context.defaultParallelism()).isGreaterThan(1);
    assertThat(jobs)
        .hasValue((tasks + context.defaultParallelism() - 1) / context.defaultParallelism());
  }

  private static ImageRecord record(String id) {
    return new ImageRecord(
        id,
        "in/" + id,
        "out/" + id,
        "v",
        "digest",
        RowStatus.DONE,
        null,
        new ImageResult(
            ImageResult.Sizes.UNKNOWN,
            "fake@0",
            "",
            1,
            "",
            "cpu",
            "FP32",
            Map.of(),
            List.of(),
            new ImageResult.Origin("dead", "host", "1", 0, 1)));
  }
}
