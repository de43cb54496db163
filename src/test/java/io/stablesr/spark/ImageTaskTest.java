package io.stablesr.spark;

import static org.assertj.core.api.Assertions.assertThat;

import com.codahale.metrics.MetricRegistry;
import com.typesafe.config.Config;
import io.stablesr.FakeEngine;
import io.stablesr.TestImages;
import io.stablesr.core.ErrorCode;
import io.stablesr.job.RowStatus;
import io.stablesr.job.SettingKeys;
import io.stablesr.job.Settings;
import io.stablesr.job.SettingsLayer;
import io.stablesr.job.SettingsReader;
import io.stablesr.job.WorkItem;
import io.stablesr.restore.FallbackUpscaler;
import io.stablesr.restore.ModelDtype;
import io.stablesr.restore.Upscaler;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The stages of one image, and what they leave in the journal. */
@ExtendWith(SharedSpark.class)
class ImageTaskTest {
  @TempDir private java.nio.file.Path folder;

  /** Else the older output would count as the new one, because its length is the recorded one. */
  @Test
  void anOutputThatWasNotReplacedIsNotTakenForItsReplacement() throws IOException {
    Map<String, String> first = Map.of("output.format", "tiff", "output.tiff-compression", "none");
    Map<String, String> second =
        Map.of(
            "output.format", "tiff",
            "output.tiff-compression", "none",
            "output.overwrite", "true",
            "upscale.seed", "43");
    Files.write(folder.resolve("p.png"), TestImages.png(6, 7));
    WorkItem older = item("p.png", "p.tif", "digest of 42");
    WorkItem item = item("p.png", "p.tif", "digest of 43");
    assertThat(process(older, first, new Configuration(), 0).row().error()).isEmpty();
    byte[] before = Files.readAllBytes(folder.resolve("p.tif"));

    ImageRun newer = process(item, second, unableToRename(), 0);

    assertThat(newer.row().error().orElseThrow().code()).isEqualTo(ErrorCode.OUTPUT_WRITE);
    assertThat(Files.readAllBytes(folder.resolve("p.tif"))).isEqualTo(before);
    assertThat(journal("second").find("p.png")).isEmpty();

    ImageRun again = process(item, second, new Configuration(), 1);

    assertThat(again.row().error()).isEmpty();
    assertThat(Files.readAllBytes(folder.resolve("p.tif"))).hasSameSizeAs(before);
    assertThat(Files.readAllBytes(folder.resolve("p.tif"))).isNotEqualTo(before);
    assertThat(journal("second").find("p.png")).isPresent();
  }

  /** Only deaths of the process count against an image. */
  @Test
  void anImageThatFailsInARepeatedTaskLeavesNoMark() throws IOException {
    Files.write(folder.resolve("poison.png"), TestImages.png(6, 7));
    WorkItem item = item("poison.png", "poison-x4.png", "digest");

    ImageRun image = process(item, Map.of(), new Configuration(), 1);

    assertThat(image.row().error().orElseThrow().code()).isEqualTo(ErrorCode.INTERNAL);
    assertThat(journal("first").mark("poison.png")).isZero();
  }

  /** The next run then leaves it alone, also when this one is given up because of others. */
  @Test
  void anImageThatKilledTheProcessIsOnRecordAtOnce() throws IOException {
    Files.write(folder.resolve("p.png"), TestImages.png(6, 7));
    journal("first").mark("p.png");
    journal("first").mark("p.png");

    ImageRun image = process(item("p.png", "p-x4.png", "digest"), Map.of(), new Configuration(), 1);

    assertThat(image.row().error().orElseThrow().code()).isEqualTo(ErrorCode.NATIVE_CRASH);
    assertThat(journal("first").find("p.png").orElseThrow())
        .satisfies(record -> assertThat(record.status()).isEqualTo(RowStatus.FAILED))
        .satisfies(record -> assertThat(record.error().code()).isEqualTo(ErrorCode.NATIVE_CRASH));
  }

  private ImageRun process(
      WorkItem item, Map<String, String> values, Configuration hadoop, int attempt) {
    String run = values.containsKey("output.overwrite") ? "second" : "first";
    Config settings =
        Settings.of(
                SettingKeys.reference(),
                List.of(SettingsLayer.ofCommandLine(values)),
                bundle -> new FakeEngine().describe(bundle).defaults())
            .values();
    Upscaler model = new FakeEngine().open(SettingsReader.model(settings));
    ImageTask task =
        new ImageTask(
            settings,
            new ImageStore(hadoop, Journal.scratch(place(""), run), "1", StoreRetry.ONCE),
            journal(run),
            new ImageTask.TaskFacts(run, "host", "1", "cpu", attempt),
            new FallbackUpscaler(model, ModelDtype.FP32, () -> model),
            "fake@0");
    ImageRun image =
        task.start(
            item,
            new ProgressCounters(SparkSession.active().sparkContext())
                .start(item, new TaskMetrics(new MetricRegistry())));
    task.read(image);
    task.compute(image);
    task.write(image);
    return image;
  }

  private Journal journal(String run) {
    return new Journal(new Configuration(), place(""), run, StoreRetry.ONCE);
  }

  private WorkItem item(String input, String output, String digest) {
    return new WorkItem(input, place(input), place(output), 1, Map.of(), "v", digest);
  }

  private String place(String name) {
    return "file:" + folder.resolve(name);
  }

  private static Configuration unableToRename() {
    Configuration hadoop = new Configuration();
    hadoop.set("fs.file.impl", NoRename.class.getName());
    hadoop.set("fs.file.impl.disable.cache", "true");
    return hadoop;
  }

  /** A local disk that breaks at the last step. */
  public static final class NoRename extends RawLocalFileSystem {
    @Override
    public boolean rename(Path from, Path to) throws IOException {
      throw new IOException("the disk broke");
    }
  }
}
