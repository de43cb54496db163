package io.stablesr.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.ConfigFactory;
import io.stablesr.TestImages;
import io.stablesr.core.Digests;
import io.stablesr.core.StableSrException;
import io.stablesr.job.PairSummary;
import io.stablesr.job.ProgressConsole;
import io.stablesr.job.RowStatus;
import io.stablesr.job.SettingKeys;
import io.stablesr.job.Settings;
import io.stablesr.job.SettingsLayer;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(SharedSpark.class)
class DegradeJobTest {
  private static final Map<String, String> SMALL =
      Map.of("degrade.crop", "32", "degrade.min-pixels", "400");

  @TempDir private Path folder;
  private final StringWriter progress = new StringWriter();
  private Path input;
  private Path output;

  @BeforeEach
  void writeInputs() throws IOException {
    input = Files.createDirectory(folder.resolve("photos"));
    output = folder.resolve("set");
    write("a.png", TestImages.png(64, 48));
    write("sub/b.jpg", TestImages.jpeg(50, 70));
    write("short.png", TestImages.png(40, 20));
  }

  @Test
  void everyImageGivesPairsOfTheSameNameAndARowWithWhatWasDrawn() throws IOException {
    PairSummary summary = run(output, with("degrade.count", "2"));

    assertThat(summary.exitCode()).isZero();
    assertThat(summary.count(RowStatus.DONE)).isEqualTo(6);
    assertThat(files(output))
        .containsExactly(
            "gt/a-c0.png",
            "gt/a-c1.png",
            "gt/short-c0.png",
            "gt/short-c1.png",
            "gt/sub/b-c0.png",
            "gt/sub/b-c1.png",
            "lq/a-c0.png",
            "lq/a-c1.png",
            "lq/short-c0.png",
            "lq/short-c1.png",
            "lq/sub/b-c0.png",
            "lq/sub/b-c1.png");
    for (String name : files(output)) {
      var picture = ImageIO.read(output.resolve(name).toFile());
      int side = name.startsWith("gt") ? 32 : 8;
      assertThat(picture.getWidth()).as(name).isEqualTo(side);
      assertThat(picture.getHeight()).as(name).isEqualTo(side);
    }
    Row row = rows(summary).get("sub/b.jpg#1");
    assertThat(row.<Integer>getAs("input_width")).isEqualTo(50);
    assertThat(row.<Integer>getAs("crop_top")).isBetween(0, 38);
    assertThat(row.<Integer>getAs("crop_left")).isBetween(0, 18);
    assertThat(row.<Integer>getAs("crop_width")).isEqualTo(32);
    assertThat(row.<String>getAs("preset")).isEqualTo("stablesr");
    assertThat(row.<Row>getAs("sharpening").<Integer>getAs("radius")).isEqualTo(50);
    Row first = row.getAs("first");
    assertThat(first.<Double>getAs("jpeg_quality")).isBetween(60.0, 95.0);
    assertThat(first.<String>getAs("noise")).isIn("gaussian", "poisson");
    assertThat(first.<Integer>getAs("kernel_size")).isBetween(7, 21);
    assertThat(row.<Row>getAs("last").<String>getAs("order")).isIn("jpeg-last", "resize-last");
    assertThat(row.<String>getAs("lq_sha256"))
        .isEqualTo(Digests.sha256(output.resolve("lq/sub/b-c1.png")));
    assertThat(row.<String>getAs("gt_sha256"))
        .isEqualTo(Digests.sha256(output.resolve("gt/sub/b-c1.png")));
    assertThat(progress.toString()).contains("preset: stablesr", "3/3 images");
  }

  @Test
  void aSetDependsNeitherOnPartitionsNorOnWhatElseIsInTheJob() throws IOException {
    run(output, with("job.partitions", "1"));
    Path other = folder.resolve("other");
    run(other, with("job.partitions", "3"));
    assertThat(digests(other)).isEqualTo(digests(output));

    Files.delete(input.resolve("a.png"));
    Path fewer = folder.resolve("fewer");
    run(fewer, SMALL);
    Map<String, String> rest = digests(output);
    rest.keySet().removeIf(name -> name.endsWith("/a.png"));
    assertThat(digests(fewer)).isEqualTo(rest);

    Path seeded = folder.resolve("seeded");
    run(seeded, with("degrade.seed", "43"));
    assertThat(digests(seeded).values()).doesNotContainAnyElementsOf(rest.values());
  }

  @Test
  void whatIsThereWithEqualParametersStays() throws IOException {
    PairSummary before = run(output, SMALL);
    Map<String, FileTime> times = times(output);

    write("new.png", TestImages.png(60, 60));
    PairSummary after = run(output, SMALL);

    assertThat(after.count(RowStatus.DONE)).isEqualTo(4);
    assertThat(after.doneBefore()).isEqualTo(3);
    assertThat(after.text()).contains("4 pairs: 4 done (3 of them before), 0 failed, 0 skipped");
    assertThat(times(output)).containsAllEntriesOf(times);
    Row kept = rows(after).get("a.png#0");
    assertThat(kept.<Row>getAs("first")).isEqualTo(rows(before).get("a.png#0").getAs("first"));
    assertThat(kept.<String>getAs("computed_run_id")).isNotEqualTo(kept.getAs("run_id"));
  }

  @Test
  void aRunWithoutRowsIsRecognisedByItsFiles() throws IOException {
    run(output, SMALL);
    Map<String, FileTime> times = times(output);
    try (Stream<Path> rows = Files.walk(output.resolve("_rows"))) {
      for (Path path : rows.sorted(java.util.Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }

    PairSummary again = run(output, SMALL);

    assertThat(again.count(RowStatus.DONE)).isEqualTo(3);
    assertThat(times(output)).isEqualTo(times);
  }

  @Test
  void pairsOfOtherParametersAreLeftAloneUnlessToldOtherwise() throws IOException {
    run(output, SMALL);
    Map<String, String> before = digests(output);

    PairSummary skipped = run(output, with("degrade.preset", "light"));

    assertThat(skipped.count(RowStatus.SKIPPED)).isEqualTo(3);
    assertThat(rows(skipped).get("a.png#0").<String>getAs("error_message"))
        .contains("was made with other parameters", "preset stablesr, seed 42; now light, 42");
    assertThat(digests(output)).isEqualTo(before);

    Map<String, String> replacing = new LinkedHashMap<>(with("degrade.preset", "light"));
    replacing.put("output.overwrite", "true");
    assertThat(run(output, replacing).count(RowStatus.DONE)).isEqualTo(3);
    assertThat(digests(output)).isNotEqualTo(before);
  }

  @Test
  void somebodyElsesFileIsNotReplaced() throws IOException {
    Files.createDirectories(output.resolve("lq"));
    Files.writeString(output.resolve("lq/a.png"), "precious");

    PairSummary summary = run(output, SMALL);

    assertThat(output.resolve("lq/a.png")).hasContent("precious");
    Row row = rows(summary).get("a.png#0");
    assertThat(row.<String>getAs("status")).isEqualTo("SKIPPED");
    assertThat(row.<String>getAs("error_code")).isEqualTo("OUTPUT_EXISTS");
    assertThat(summary.count(RowStatus.DONE)).isEqualTo(2);
  }

  @Test
  void anImageThatCannotBeUsedIsARow() throws IOException {
    write("broken.png", Arrays.copyOf(TestImages.png(64, 64), 90));
    write("tiny.png", TestImages.png(16, 16));

    PairSummary summary = run(output, SMALL);

    assertThat(summary.exitCode()).isEqualTo(2);
    assertThat(summary.count(RowStatus.DONE)).isEqualTo(3);
    assertThat(rows(summary).get("broken.png#0").<String>getAs("error_code"))
        .isEqualTo("IMAGE_DECODE");
    assertThat(rows(summary).get("tiny.png#0").<String>getAs("error_message"))
        .isEqualTo("The image has 16x16 pixels; degrade.min-pixels is 400.");
    assertThat(summary.text()).contains("FAILED IMAGE_TOO_SMALL tiny.png: ");

    PairSummary again = run(output, SMALL);
    assertThat(again.count(RowStatus.FAILED)).isEqualTo(2);
    assertThat(rows(again).get("tiny.png#0").<String>getAs("computed_run_id"))
        .isEqualTo(rows(summary).get("tiny.png#0").<String>getAs("run_id"));
  }

  @Test
  void aManifestNamesTheImages() throws IOException {
    Path manifest =
        Files.writeString(
            folder.resolve("set.csv"), "uri,id,output_key\nphotos/a.png,one,x/first\n");
    PairSummary summary = run(manifest, output, SMALL);
    assertThat(files(output)).containsExactly("gt/x/first.png", "lq/x/first.png");
    assertThat(rows(summary)).containsOnlyKeys("one#0");

    Files.writeString(manifest, "uri,seed\nphotos/a.png,7\n");
    assertThatThrownBy(() -> run(manifest, folder.resolve("set2"), SMALL))
        .isInstanceOf(StableSrException.class)
        .hasMessage(
            "Image 'photos/a.png' has settings of its own in the manifest; degrade takes only uri,"
                + " id and output_key.");
  }

  @Test
  void wholePicturesAreCutToAMultipleOfTheScale() throws IOException {
    run(output, Map.of("degrade.crop", "0", "degrade.min-pixels", "1", "degrade.scale", "3"));
    var good = ImageIO.read(output.resolve("gt/sub/b.png").toFile());
    var low = ImageIO.read(output.resolve("lq/sub/b.png").toFile());
    assertThat(good.getWidth()).isEqualTo(48);
    assertThat(good.getHeight()).isEqualTo(69);
    assertThat(low.getWidth()).isEqualTo(16);
    assertThat(low.getHeight()).isEqualTo(23);
  }

  @Test
  void aPresetOfOnesOwnIsAFile() throws IOException {
    Path preset =
        Files.writeString(
            folder.resolve("own.conf"), "base = light\nsecond.jpeg.quality = [10, 20]\n");
    PairSummary summary = run(output, with("degrade.preset", preset.toString()));
    assertThat(rows(summary).get("a.png#0").<Row>getAs("second").<Double>getAs("jpeg_quality"))
        .isBetween(10.0, 20.0);
    assertThatThrownBy(() -> run(output, with("degrade.preset", "lite")))
        .hasMessage(
            "degrade.preset is 'lite'; it must be heavy, light, real-esrgan, stablesr, or a preset"
                + " file.");
    assertThatThrownBy(() -> run(output, with("degrade.crop", "30")))
        .hasMessage("degrade.crop is 30; it must be a multiple of degrade.scale, 4.");
  }

  private PairSummary run(Path to, Map<String, String> settings) {
    return run(input, to, settings);
  }

  private PairSummary run(Path from, Path to, Map<String, String> settings) {
    Settings effective =
        Settings.of(
            SettingKeys.reference(),
            List.of(SettingsLayer.ofCommandLine(settings)),
            bundle -> ConfigFactory.empty());
    return new DegradeRunner(Clock.systemUTC())
        .run(
            effective,
            from.toString(),
            to.toString(),
            new ProgressConsole(new PrintWriter(progress), ProgressConsole.Kind.PLAIN, 1));
  }

  private static Map<String, String> with(String key, String value) {
    Map<String, String> settings = new LinkedHashMap<>(SMALL);
    settings.put(key, value);
    return settings;
  }

  private static Map<String, Row> rows(PairSummary summary) {
    Map<String, Row> rows = new TreeMap<>();
    for (Row row : SparkSession.active().read().parquet(summary.rowsUri()).collectAsList()) {
      String key = row.<String>getAs("image_id") + "#" + row.<Integer>getAs("crop");
      if (rows.put(key, row) != null) {
        throw new AssertionError("Two rows for " + row);
      }
    }
    return rows;
  }

  private void write(String name, byte[] content) throws IOException {
    Files.createDirectories(input.resolve(name).getParent());
    Files.write(input.resolve(name), content);
  }

  /** Everything but the rows, sorted. */
  private static List<String> files(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      return all.filter(Files::isRegularFile)
          .map(path -> folder.relativize(path).toString())
          .filter(name -> !name.startsWith("_rows"))
          .sorted()
          .toList();
    }
  }

  private static Map<String, String> digests(Path folder) throws IOException {
    Map<String, String> digests = new TreeMap<>();
    for (String name : files(folder)) {
      digests.put(name, Digests.sha256(folder.resolve(name)));
    }
    return digests;
  }

  private static Map<String, FileTime> times(Path folder) throws IOException {
    Map<String, FileTime> times = new TreeMap<>();
    for (String name : files(folder)) {
      times.put(name, Files.getLastModifiedTime(folder.resolve(name)));
    }
    return times;
  }
}
