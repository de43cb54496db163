package io.stablesr.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stablesr.FakeEngine;
import io.stablesr.TestImages;
import io.stablesr.core.ErrorCode;
import io.stablesr.core.StableSrException;
import io.stablesr.job.JobSummary;
import io.stablesr.job.RowStatus;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(SharedSpark.class)
class UpscaleJobTest {
  @TempDir private Path folder;
  private final JobFixture fixture = new JobFixture();
  private Path input;
  private Path output;

  @BeforeEach
  void writeInputs() throws IOException {
    input = Files.createDirectory(folder.resolve("in put"));
    output = folder.resolve("out #1");
    write("a.jpg", TestImages.jpeg(16, 12));
    write("a.png", TestImages.png(20, 12));
    write("sub/deep/b c.png", TestImages.png(9, 7));
    write("grüße 100%25#x?.png", TestImages.png(8, 8));
    write("_DSC0001.png", TestImages.png(6, 8));
    write("corrupt.png", Arrays.copyOf(TestImages.png(32, 32), 60));
    write("poison.png", TestImages.png(5, 5));
    write("there.png", TestImages.png(5, 5));
    write("notes.txt", "no image".getBytes(StandardCharsets.UTF_8));
    Files.createDirectory(output);
    Files.writeString(output.resolve("there.png"), "precious");
  }

  @Test
  void severalImagesInFlightGiveTheSameFilesAndRows() throws IOException {
    JobSummary one = fixture.run(input.toString(), output.toString(), Map.of());
    Path second = folder.resolve("out #2");
    JobSummary four =
        fixture.run(
            input.toString(),
            second.toString(),
            Map.of("job.images-in-flight", "4", "job.partitions", "1"));

    Map<String, Row> rows = JobFixture.rowsById(four);
    Map<String, Row> expected = JobFixture.rowsById(one);
    assertThat(rows.keySet()).isEqualTo(expected.keySet());
    for (String id : rows.keySet()) {
      if (!id.equals("there.png")) {
        assertThat(rows.get(id).<String>getAs("status"))
            .isEqualTo(expected.get(id).<String>getAs("status"));
        assertThat(rows.get(id).<String>getAs("output_sha256"))
            .isEqualTo(expected.get(id).<String>getAs("output_sha256"));
      }
    }
    assertThat(four.count(RowStatus.DONE)).isEqualTo(6);
  }

  @Test
  void anOutputFolderMayBeCalledLikeAGlob() {
    Path odd = folder.resolve("out [x4] {1}*");
    JobSummary first = fixture.run(input.toString(), odd.toString(), Map.of());

    JobSummary second = fixture.run(input.toString(), odd.toString(), Map.of());

    assertThat(first.count(RowStatus.DONE)).isEqualTo(6);
    assertThat(second.doneBefore()).isEqualTo(6);
  }

  @Test
  void aNameMayBeAsLongAsTheFileSystemAllows() throws IOException {
    String name = "n".repeat(251) + ".png";
    write(name, TestImages.png(5, 6));

    JobSummary summary = fixture.run(input.toString(), output.toString(), Map.of());

    assertThat(JobFixture.rowsById(summary).get(name).<String>getAs("status")).isEqualTo("DONE");
    assertThat(output.resolve(name)).exists();
  }

  @Test
  void everyImageHasExactlyOneRowAndABrokenOneDoesNotStopTheOthers() throws IOException {
    Map<String, Long> before = modified(input);

    JobSummary summary = fixture.run(input.toString(), output.toString(), Map.of());

    Map<String, Row> rows = JobFixture.rowsById(summary);
    assertThat(rows)
        .containsOnlyKeys(
            "a.jpg",
            "a.png",
            "sub/deep/b c.png",
            "grüße 100%25#x?.png",
            "_DSC0001.png",
            "corrupt.png",
            "poison.png",
            "there.png");
    assertThat(summary.count(RowStatus.DONE)).isEqualTo(5);
    assertThat(summary.count(RowStatus.FAILED)).isEqualTo(2);
    assertThat(summary.count(RowStatus.SKIPPED)).isEqualTo(1);
    assertThat(summary.exitCode()).isEqualTo(2);
    assertThat(rows.get("corrupt.png").<String>getAs("error_code")).isEqualTo("IMAGE_DECODE");
    assertThat(rows.get("poison.png").<String>getAs("error_code")).isEqualTo("INTERNAL");
    assertThat(rows.get("poison.png").<String>getAs("error_message")).contains("poisoned");
    assertThat(rows.get("there.png").<String>getAs("status")).isEqualTo("SKIPPED");
    assertThat(rows.get("there.png").<String>getAs("error_code")).isEqualTo("OUTPUT_EXISTS");
    assertThat(output.resolve("there.png")).hasContent("precious");
    assertThat(modified(input)).isEqualTo(before);
    assertThat(fixture.progress())
        .contains("7/7 images")
        .contains("2 failed")
        .contains("100 % done");
  }

  @Test
  void outputsHaveNamesOfTheirOwnAndNothingElseIsLeftBehind() throws IOException {
    JobSummary summary = fixture.run(input.toString(), output.toString(), Map.of());

    assertThat(files(output))
        .containsExactlyInAnyOrder(
            "a.jpg.png",
            "a.png.png",
            "sub/deep/b c.png",
            "grüße 100%25#x?.png",
            "_DSC0001.png",
            "there.png");
    assertThat(ImageIO.read(output.resolve("sub/deep/b c.png").toFile()).getWidth()).isEqualTo(36);
    assertThat(summary.rowsUri()).contains("_rows/run_id=");
  }

  @Test
  void aRowTellsHowTheImageWasMade() {
    JobSummary summary =
        fixture.run(input.toString(), output.toString(), Map.of("upscale.scale", "2.5"));

    Row row = JobFixture.rowsById(summary).get("a.jpg");
    assertThat(row.<String>getAs("status")).isEqualTo("DONE");
    assertThat(row.<String>getAs("output_uri")).endsWith("/a.jpg.png");
    assertThat(row.<Integer>getAs("input_width")).isEqualTo(16);
    assertThat(row.<Integer>getAs("input_height")).isEqualTo(12);
    assertThat(row.<Integer>getAs("output_width")).isEqualTo(40);
    assertThat(row.<Integer>getAs("output_height")).isEqualTo(30);
    assertThat(row.<Integer>getAs("steps")).isEqualTo(3);
    assertThat(row.<Integer>getAs("network_calls")).isEqualTo(3);
    assertThat(row.<String>getAs("sampler")).isEqualTo("ddpm");
    assertThat(row.<Long>getAs("seed")).isEqualTo(42);
    assertThat(row.<Double>getAs("scale")).isEqualTo(2.5);
    assertThat(row.<String>getAs("model_id")).isEqualTo("fake@0");
    assertThat(row.<String>getAs("bundle_licence")).isEqualTo("Apache-2.0");
    assertThat(row.<String>getAs("run_id")).isEqualTo(summary.runId());
    assertThat(row.getJavaMap(row.fieldIndex("stage_millis")).keySet())
        .extracting(Object::toString)
        .containsExactlyInAnyOrder("read", "decode", "sample", "encode", "write");
  }

  @Test
  void theNumberOfPartitionsDoesNotChangeAPixel() throws IOException {
    Path one = folder.resolve("one");
    Path many = folder.resolve("many");
    fixture.run(input.toString(), one.toString(), Map.of("job.partitions", "1"));
    int openedBefore = FakeEngine.OPENED.get();
    fixture.run(input.toString(), many.toString(), Map.of("job.partitions", "5"));

    assertThat(files(one)).isEqualTo(files(many)).hasSize(6);
    for (String name : files(one)) {
      assertThat(many.resolve(name)).hasSameBinaryContentAs(one.resolve(name));
    }
    assertThat(FakeEngine.OPENED.get()).as("models opened").isEqualTo(openedBefore);
  }

  @Test
  void overwriteReplacesWhatIsThere() throws IOException {
    JobSummary summary =
        fixture.run(
            input.resolve("there.png").toString(),
            output.toString(),
            Map.of("output.overwrite", "true"));

    assertThat(summary.count(RowStatus.DONE)).isEqualTo(1);
    byte[] written = Files.readAllBytes(output.resolve("there.png"));
    assertThat(ImageIO.read(new ByteArrayInputStream(written)).getWidth()).isEqualTo(20);
  }

  @Test
  void aGlobTakesWhatMatches() {
    JobSummary summary = fixture.run(input + "/[ab]*.{png,jpg}", output.toString(), Map.of());

    assertThat(JobFixture.rowsById(summary)).containsOnlyKeys("a.jpg", "a.png");
  }

  @Test
  void aManifestGivesIdsKeysAndSettingsOfItsOwn() throws IOException {
    Path manifest = input.resolve("list.csv");
    Files.writeString(
        manifest,
        """
        uri,id,scale,seed,output_key
        a.jpg,first,2,7,chosen/name
        "grüße 100%25#x?.png",,,,
        missing.png,,,,
        """);

    JobSummary summary = fixture.run(manifest.toString(), output.toString(), Map.of());

    Map<String, Row> rows = JobFixture.rowsById(summary);
    assertThat(rows).containsOnlyKeys("first", "grüße 100%25#x?.png", "missing.png");
    assertThat(rows.get("first").<Double>getAs("scale")).isEqualTo(2.0);
    assertThat(rows.get("first").<Long>getAs("seed")).isEqualTo(7);
    assertThat(output.resolve("chosen/name.png")).exists();
    assertThat(rows.get("missing.png").<String>getAs("error_code")).isEqualTo("INPUT_NOT_FOUND");
  }

  @Test
  void aManifestNamesOnlyStores() throws IOException {
    Path manifest = input.resolve("list.csv");
    Files.writeString(manifest, "uri\na.jpg\nhttp://127.0.0.1/x.png\n");
    assertThatThrownBy(() -> fixture.run(manifest.toString(), output.toString(), Map.of()))
        .isInstanceOfSatisfying(
            StableSrException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.MANIFEST))
        .hasMessage(
            "Manifest line 3: uri 'http://127.0.0.1/x.png' cannot be used: the scheme 'http' is not"
                + " allowed; images may be on file, hdfs, s3a or the manifest's own store.");
    Files.writeString(manifest, "uri\na:b.jpg\n");
    assertThatThrownBy(() -> fixture.run(manifest.toString(), output.toString(), Map.of()))
        .isInstanceOf(StableSrException.class)
        .hasMessageStartingWith("Manifest line 2: uri 'a:b.jpg' cannot be used: ");
  }

  @Test
  void aFolderInThePlaceOfAnOutputIsNeverReplaced() throws IOException {
    Path taken = Files.createDirectory(output.resolve("a.jpg.png"));

    JobSummary summary =
        fixture.run(input.toString(), output.toString(), Map.of("output.overwrite", "true"));

    Row row = JobFixture.rowsById(summary).get("a.jpg");
    assertThat(row.<String>getAs("error_code")).isEqualTo("OUTPUT_WRITE");
    assertThat(row.<String>getAs("error_message")).endsWith("there is a folder of this name");
    assertThat(taken).isEmptyDirectory();
    assertThat(files(output)).noneMatch(name -> name.endsWith(".tmp"));
  }

  @Test
  void settingsThatDoNotSuitTheModelEndTheJobBeforeItsFirstImage() {
    assertThatThrownBy(
            () ->
                fixture.run(
                    input.toString(), output.toString(), Map.of("upscale.prompt", "unsuitable")))
        .isInstanceOfSatisfying(
            StableSrException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CONFIG))
        .hasMessage("The prompt does not suit this model.");
    assertThat(output.resolve("_rows")).doesNotExist();
  }

  @Test
  void aCancelledImageEndsTheJobInsteadOfBeingAFailedRow() throws IOException {
    write("cancelled.png", TestImages.png(4, 4));

    assertThatThrownBy(
            () ->
                fixture.run(input.resolve("cancelled.png").toString(), output.toString(), Map.of()))
        .isInstanceOfSatisfying(
            StableSrException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CANCELLED))
        .hasMessage("Cancelled on request.");
  }

  @Test
  void anOutputInsideTheInputIsNotTakenAsInput() {
    Path inside = input.resolve("hr");
    fixture.run(input.toString(), inside.toString(), Map.of());

    JobSummary second = fixture.run(input.toString(), inside.toString(), Map.of());

    assertThat(JobFixture.rowsById(second)).hasSize(8);
    assertThat(second.count(RowStatus.DONE)).isEqualTo(6);
    assertThat(second.doneBefore()).isEqualTo(6);
  }

  @Test
  void theJobFailsWithOneSentenceWhenItCannotBegin() {
    assertThatThrownBy(() -> fixture.run(folder + "/nowhere", output.toString(), Map.of()))
        .isInstanceOf(StableSrException.class)
        .hasMessage("The input file:%s/nowhere does not exist.", folder);
    assertThatThrownBy(() -> fixture.run(input.toString(), input.toString(), Map.of()))
        .isInstanceOf(StableSrException.class)
        .hasMessageStartingWith("Input and output are the same folder");
    assertThatThrownBy(
            () ->
                fixture.run(input.toString(), output.toString(), Map.of("model.bundle", "broken")))
        .isInstanceOf(StableSrException.class)
        .hasMessage("The bundle broken is damaged.");
    assertThatThrownBy(
            () -> fixture.run(input + "/a.p*", input.toString(), Map.of("upscale.scale", "3")))
        .isInstanceOf(StableSrException.class)
        .hasMessageStartingWith("The result of 'a.png' would replace the input");
  }

  private void write(String name, byte[] content) throws IOException {
    Path file = input.resolve(name);
    Files.createDirectories(file.getParent());
    Files.write(file, content);
  }

  private static Map<String, Long> modified(Path folder) throws IOException {
    Map<String, Long> times = new TreeMap<>();
    for (String name : files(folder)) {
      times.put(name, Files.getLastModifiedTime(folder.resolve(name)).toMillis());
    }
    return times;
  }

  /** All files but those below {@code _rows}. */
  private static java.util.List<String> files(Path folder) throws IOException {
    try (Stream<Path> found = Files.walk(folder)) {
      return found
          .filter(Files::isRegularFile)
          .map(file -> folder.relativize(file).toString())
          .filter(name -> !name.startsWith("_rows"))
          .sorted()
          .toList();
    }
  }
}
