package io.stablesr.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.stablesr.TestImages;
import io.stablesr.restore.StableSrFactory;
import io.stablesr.spark.SharedSpark;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A sweep with the embedded model whose process is killed half-way. */
@ExtendWith(SharedSpark.class)
class SweepResumeTest {
  private static final int CONFIGURATIONS = 3 * 2 * 2;
  private static final int ROWS = 2 * 2 * CONFIGURATIONS;

  @TempDir private Path folder;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private Path config;
  private Path output;

  @BeforeEach
  void write() throws IOException {
    for (String set : List.of("one", "two")) {
      Path low = Files.createDirectories(folder.resolve(set + "/test_LR"));
      Path good = Files.createDirectories(folder.resolve(set + "/test_HR"));
      for (String name : List.of("a", "b")) {
        int width = name.equals("a") ? 8 : 10;
        Files.write(low.resolve(name + ".png"), TestImages.png(width, 8));
        Files.write(good.resolve(name + ".png"), TestImages.png(4 * width, 32));
      }
    }
    output = folder.resolve("bench");
    config = folder.resolve("sweep.conf");
    Files.writeString(
        config,
        """
        sweep {
          data-sets { one.path = "%1$s/one", two.path = "%1$s/two" }
          settings { sampling.sampler = ddim, model.threads = 1 }
          grids.all {
            upscale.fusion-weight = [0, 0.5, 1]
            sampling.steps = [1, 2]
            upscale.seed = [42, 43]
          }
          metrics.names = [psnr, ssim]
          compare-with = "fusion-weight=0 steps=1"
        }
        """
            .formatted(folder));
  }

  @Test
  void aSweepThatWasKilledIsFinishedWithoutARowTwiceOrMissing() throws Exception {
    killHalfWay();
    Map<Path, FileTime> finished = files(output);
    List<Path> tables = finished.keySet().stream().filter(SweepResumeTest::isTable).toList();
    assertThat(tables).hasSizeBetween(1, CONFIGURATIONS - 1);

    assertThat(run()).as(err.toString()).isZero();

    List<Row> rows = rows();
    assertThat(rows).hasSize(ROWS);
    assertThat(rows.stream().map(row -> row.<String>getAs("row_id")).distinct()).hasSize(ROWS);
    assertThat(rows.stream().map(SweepResumeTest::point).distinct()).hasSize(ROWS);
    assertThat(rows)
        .allSatisfy(
            row -> {
              assertThat(row.<String>getAs("status")).isEqualTo("DONE");
              assertThat(row.<Double>getAs("psnr")).isBetween(5.0, 80.0);
              assertThat(row.<Double>getAs("ssim")).isBetween(-1.0, 1.0);
              assertThat(row.<Double>getAs("lpips")).isNull();
              assertThat(row.<Double>getAs("million_parameters")).isBetween(2.0, 10.0);
              assertThat(row.<Double>getAs("gigamacs")).isPositive();
              assertThat(row.<String>getAs("model_id")).startsWith("stablesr-mini@");
              assertThat(row.<String>getAs("metric_color")).isEqualTo("ycbcr");
            });
    Map<Path, FileTime> now = files(output);
    for (Path file : finished.keySet()) {
      if (isTable(file) || isPicture(file)) {
        assertThat(now.get(file))
            .as("%s is the file of the killed run", file)
            .isEqualTo(finished.get(file));
      }
    }
    assertThat(now.keySet().stream().filter(SweepResumeTest::isPicture)).hasSize(ROWS);
    assertThat(output.resolve("_scores")).doesNotExist();
    assertThat(output.resolve("_work")).doesNotExist();
    assertThat(Files.readString(output.resolve("summary.txt")))
        .contains("difference to fusion-weight=0 steps=1")
        .contains("fusion-weight=0.5 steps=2");

    out.getBuffer().setLength(0);
    assertThat(run()).as(err.toString()).isZero();
    assertThat(out.toString())
        .contains("0 rows made, %d there before, 0 without all scores".formatted(ROWS));
    assertThat(rows()).hasSize(ROWS);
  }

  /** In a process of its own, as the rows of the half of the configurations are there. */
  private void killHalfWay() throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(ProcessHandle.current().info().command().orElseThrow());
    Path options = Path.of("target/jvm.options");
    if (Files.exists(options)) {
      command.add("@" + options.toAbsolutePath());
    }
    command.addAll(
        List.of("-Xmx1g", "-cp", System.getProperty("java.class.path"), Main.class.getName()));
    command.addAll(arguments());
    Path log = folder.resolve("killed.log");
    Process sweep =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    try {
      long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(15);
      while (files(output).keySet().stream().filter(SweepResumeTest::isTable).count()
          < CONFIGURATIONS / 2) {
        assertThat(sweep.isAlive()).as(Files.readString(log)).isTrue();
        assertThat(System.nanoTime()).as(Files.readString(log)).isLessThan(deadline);
        Thread.sleep(20);
      }
    } finally {
      sweep.destroyForcibly().waitFor();
    }
    // 137 is SIGKILL: it did not end by itself.
    assertThat(sweep.exitValue()).isEqualTo(137);
  }

  private int run() {
    return Commands.run(out, err, folder, StableSrFactory::new, arguments().toArray(String[]::new));
  }

  private List<String> arguments() {
    return List.of("sweep", "--config", config.toString(), "--output", output.toString());
  }

  private List<Row> rows() {
    return SparkSession.active().read().parquet(output.resolve("table").toString()).collectAsList();
  }

  private static String point(Row row) {
    return Stream.of("data_set", "image", "fusion_weight", "steps", "seed")
        .map(column -> String.valueOf(row.<Object>getAs(column)))
        .reduce("", (one, other) -> one + "|" + other);
  }

  private static boolean isTable(Path file) {
    return file.getParent().endsWith("table") && file.toString().endsWith(".parquet");
  }

  private static boolean isPicture(Path file) {
    return file.toString().endsWith(".png") && !file.toString().contains("_journal");
  }

  /** Files that are there while others may come and go. */
  private static Map<Path, FileTime> files(Path folder) throws IOException {
    Map<Path, FileTime> files = new TreeMap<>();
    for (Path part : List.of(folder.resolve("table"), folder.resolve("images"))) {
      if (Files.isDirectory(part)) {
        collect(part, files);
      }
    }
    return files;
  }

  private static void collect(Path folder, Map<Path, FileTime> files) throws IOException {
    try (Stream<Path> children = Files.list(folder)) {
      for (Path child : children.toList()) {
        if (child.getFileName().toString().startsWith("_")) {
          continue;
        }
        if (Files.isDirectory(child)) {
          collect(child, files);
        } else {
          files.put(child, Files.getLastModifiedTime(child));
        }
      }
    }
  }
}
