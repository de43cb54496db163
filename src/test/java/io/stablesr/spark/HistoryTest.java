package io.stablesr.spark;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.stablesr.TestImages;
import io.stablesr.job.ImageRecord;
import io.stablesr.job.ImageResult;
import io.stablesr.job.JobSummary;
import io.stablesr.job.RowStatus;
import io.stablesr.job.SettingKeys;
import io.stablesr.job.Settings;
import io.stablesr.restore.PreCleaning;
import io.stablesr.restore.PreCleaning.Decision;
import java.io.IOException;
import java.nio.file.Files;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.SparkContext;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerJobStart;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
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

  @Test
  void rowsOfAnEarlierVersionAreKeptAndTheirDecisionAboutCleaningMoves() throws IOException {
    Files.write(folder.resolve("a.png"), TestImages.png(8, 6));
    String output = folder.resolve("out").toString();
    JobFixture fixture = new JobFixture();
    JobSummary first = fixture.run(folder + "/a.png", output, Map.of());
    SparkSession spark = SparkSession.active();
    Dataset<Row> earlier =
        spark
            .read()
            .parquet(first.rowsUri())
            .drop("pre_clean", "pre_clean_reason")
            .withColumn("schema_version", functions.lit(3))
            .withColumn(
                "warnings",
                functions.array(
                    functions.lit("PRE_CLEAN: cleaned, severity 1.94 (noise 11.6 levels)."),
                    functions.lit("ALPHA_FLATTENED: painted on white")));
    earlier.write().parquet(folder.resolve("earlier").toString());
    Path rows = new Path(first.rowsUri());
    FileSystem files = rows.getFileSystem(new Configuration());
    files.delete(rows, true);
    files.rename(new Path("file:" + folder.resolve("earlier")), rows);

    Config settings =
        Settings.of(SettingKeys.reference(), List.of(), bundle -> ConfigFactory.empty()).values();
    assertThat(new RunReader(settings).rows(output))
        .singleElement()
        .satisfies(
            one -> {
              assertThat(one.outcome().preCleaning())
                  .isEqualTo(
                      new PreCleaning(Decision.CLEANED, "severity 1.94 (noise 11.6 levels)"));
              assertThat(one.outcome().warnings())
                  .containsExactly("ALPHA_FLATTENED: painted on white");
            });
    JobSummary second = fixture.run(folder + "/a.png", output, Map.of());
    Row row = JobFixture.rowsById(second).get("a.png");
    assertThat(row.<String>getAs("computed_run_id")).isEqualTo(first.runId());
    assertThat(row.<Integer>getAs("schema_version")).isEqualTo(ResultSchema.VERSION);
    assertThat(row.<String>getAs("pre_clean")).isEqualTo("cleaned");
    assertThat(row.<String>getAs("pre_clean_reason"))
        .isEqualTo("severity 1.94 (noise 11.6 levels)");
    assertThat(row.getList(row.fieldIndex("warnings")).toString())
        .isEqualTo("[ALPHA_FLATTENED: painted on white]");
    assertThat(second.text()).contains("pre-clean: 1 of 1 cleaned first\n");
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
