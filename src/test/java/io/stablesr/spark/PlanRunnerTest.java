package io.stablesr.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stablesr.TestImages;
import io.stablesr.job.Findings;
import io.stablesr.job.PlanReport;
import io.stablesr.job.PlanText;
import io.stablesr.job.WorkItem;
import io.stablesr.restore.MethodFactory;
import io.stablesr.restore.StableSrFactory;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(SharedSpark.class)
class PlanRunnerTest {
  @TempDir private Path folder;
  private Path input;
  private Path output;

  @BeforeEach
  void writeInputs() throws IOException {
    input = Files.createDirectories(folder.resolve("in/sub")).getParent();
    output = folder.resolve("out");
    Files.write(input.resolve("a.png"), TestImages.png(20, 10));
    Files.write(input.resolve("b.jpg"), TestImages.jpeg(30, 20));
    Files.write(input.resolve("sub/c d#.png"), TestImages.png(9, 7));
    Files.write(input.resolve("large.png"), TestImages.png(100, 90));
    Files.write(input.resolve("broken.png"), Arrays.copyOf(TestImages.png(32, 32), 20));
  }

  @Test
  void aPlanTellsWhatWouldHappenAndWritesNothing() throws IOException {
    new JobFixture().run(input + "/a.png", output.toString(), Map.of());
    Files.writeString(output.resolve("b.png"), "precious");
    List<String> before = everything();

    PlanReport report =
        PlanFixture.report(
            input.toString(),
            output.toString(),
            Map.of("job.max-pixels", "5000", "sampling.steps", "3"));

    assertThat(everything()).isEqualTo(before);
    assertThat(report.images()).isEqualTo(5);
    assertThat(report.done()).isEqualTo(new Findings(1, List.of("a.png")));
    assertThat(report.skipped())
        .isEqualTo(
            new Findings(
                1,
                List.of(
                    "b.jpg: file:%s/b.png exists and no record says how it was made; set output.overwrite (--overwrite) to replace it."
                        .formatted(output))));
    assertThat(report.tooLarge().count()).isEqualTo(1);
    assertThat(report.tooLarge().first().get(0)).startsWith("large.png");
    assertThat(report.unreadable().count()).isEqualTo(1);
    assertThat(report.unreadable().first().get(0)).startsWith("broken.png: IMAGE_DECODE ");
    PlanReport.Work work = report.work();
    assertThat(work.images()).isEqualTo(1);
    assertThat(work.inputPixels()).isEqualTo(63);
    assertThat(work.outputPixels()).isEqualTo(36 * 28);
    assertThat(work.inputBytes()).isEqualTo(Files.size(input.resolve("sub/c d#.png")));
    assertThat(report.memory().mostHostId()).isEqualTo("sub/c d#.png");
    assertThat(report.partitions().count()).isEqualTo(1);
    assertThat(report.devices())
        .extracting(PlanReport.DeviceHours::device)
        .startsWith("this machine (cpu, fp32)")
        .contains("NVIDIA A100 SXM");
  }

  @Test
  void aPlanOfWhatWasNeverRunLeavesNoFolderBehind() throws IOException {
    PlanReport report = PlanFixture.report(input.toString(), output.toString(), Map.of());

    assertThat(output).doesNotExist();
    assertThat(report.work().images()).isEqualTo(4);
    assertThat(PlanText.table(report))
        .contains("to do              4\n", "unreadable         1\n    broken.png: IMAGE_DECODE ")
        .contains("estimate: 25 % of 312 TFLOP/s");
    assertThat(PlanText.json(report))
        .contains("\"evaluations\": 800", "\"hours_on_one\"", "\"too_large\"");
  }

  @Test
  void aPlanSpeaksOfWhatTheMethodHas() {
    String interpolated =
        PlanText.table(
            plan(
                Map.of(
                    "model.method", "bicubic",
                    "sampling.steps", "7",
                    "model.cleaner-weights", "stablesr-cleaner")));
    assertThat(interpolated)
        .contains("settings           x4.0, bicubic, png\n")
        .contains(
            "without effect on the pixels: model.cleaner-weights (not used by the method bicubic), sampling.steps (not used by the method bicubic).")
        .doesNotContain("TFLOP", "evaluations", "pre-clean");
    String network =
        PlanText.table(
            plan(
                Map.of(
                    "model.method", "realesrgan",
                    "model.weights", "stablesr-cleaner",
                    "job.gflops-per-second", "100")));
    assertThat(network)
        .contains("settings           x4.0, realesrgan, fp32, png\n")
        .containsPattern("operations +[0-9.e-]+ TFLOP\n")
        .containsPattern("NVIDIA T4 +[0-9.]+ +(below )?[0-9.]+ s ")
        .doesNotContain("denoiser", "evaluations", "steps");
    String cleaned =
        PlanText.table(plan(Map.of("upscale.pre-clean", "auto", "job.gflops-per-second", "100")));
    assertThat(cleaned)
        .contains(
            "pre-clean          those that need it, by stablesr-cleaner-x1; counted as if all did\n")
        .contains(" TFLOP denoiser and cleaner, ");
  }

  @Test
  void whatAJobWouldBeRefusedForAPlanIsRefusedForToo() {
    assertThatThrownBy(() -> plan(Map.of("model.method", "bicubic", "upscale.pre-clean", "on")))
        .hasMessageStartingWith("upscale.pre-clean is on, but model.method is bicubic; ");
    assertThatThrownBy(() -> plan(Map.of("sampling.overlap-latents", "5000")))
        .hasMessageContaining("5000");
  }

  private PlanReport plan(Map<String, String> settings) {
    return PlanFixture.report(new MethodFactory(), input.toString(), output.toString(), settings);
  }

  @Test
  void aPlanOfWhatIsDoneSaysThatNothingIsLeft() {
    new JobFixture().run(input + "/a.png", output.toString(), Map.of());

    String table =
        PlanText.table(
            PlanFixture.report(input + "/a.png", output.toString(), Map.of("sampling.steps", "3")));

    assertThat(table).contains("done               1\n    a.png\n", "\nnothing to do\n");
    assertThat(table).doesNotContain("TFLOP", "memory", "partitions");
  }

  @Test
  void aPictureThatIsTooLargeEvenInStripsIsListedWithTheReason() throws IOException {
    Path huge = Files.createDirectory(folder.resolve("huge"));
    Files.write(huge.resolve("huge.png"), headerOf(24_000, 24_000));

    PlanReport report =
        PlanFixture.report(
            new StableSrFactory(),
            huge.toString(),
            output.toString(),
            Map.of("job.max-pixels", "700000000", "job.gflops-per-second", "100"));

    assertThat(report.tooLarge())
        .isEqualTo(
            new Findings(
                1,
                List.of(
                    "huge.png: An image would be worked on at 96032 x 96032 pixels; at most"
                        + " 8589934544 pixels are possible, in strips too: choose a smaller"
                        + " scale.")));
  }

  /** A PNG file up to the end of its header. */
  private static byte[] headerOf(int width, int height) {
    ByteBuffer header = ByteBuffer.allocate(33);
    header.put(new byte[] {(byte) 0x89, 'P', 'N', 'G', 0x0d, 0x0a, 0x1a, 0x0a});
    header.putInt(13).put("IHDR".getBytes(StandardCharsets.US_ASCII));
    header.putInt(width).putInt(height).put(new byte[] {8, 2, 0, 0, 0});
    CRC32 sum = new CRC32();
    sum.update(header.array(), 12, 17);
    return header.putInt((int) sum.getValue()).array();
  }

  @Test
  void duplicatesAreCountedByAPlanAndStopAJob() throws IOException {
    Path manifest = folder.resolve("in/list.csv");
    Files.writeString(
        manifest, "uri,id,output_key\na.png,x,k\nb.jpg,y,k.png\nlarge.png,z,\na.png,z,\n");

    PlanReport report = PlanFixture.report(manifest.toString(), output.toString(), Map.of());

    assertThat(report.duplicateIds().count()).isEqualTo(1);
    assertThat(report.duplicateOutputs().count()).isEqualTo(2);
    assertThatThrownBy(() -> PlanFixture.plan(manifest.toString(), output.toString(), Map.of()))
        .hasMessage(
            "Manifest line 5: id 'z' is already that of line 4; ids must be unique (1 image repeats"
                + " the id of an earlier one).");
    Files.writeString(manifest, "uri,id,output_key\na.png,x,k\nb.jpg,y,k.png\n");
    assertThatThrownBy(() -> PlanFixture.plan(manifest.toString(), output.toString(), Map.of()))
        .hasMessage(
            "Images 'x' and 'y' would both be written to 'k.png' (2 images in all would overwrite one"
                + " another); give them output keys or other ids.");
    assertThat(output).doesNotExist();
  }

  @Test
  void sparkTasksReadTheSameHeadersAsTheDriver() throws IOException, InterruptedException {
    Files.writeString(
        input.resolve("list.txt"), "a.png\nb.jpg\nsub/c d#.png\nbroken.png\nmissing.png\n");
    for (String source : List.of(input.toString(), input + "/list.txt")) {
      JobPlan driver =
          PlanFixture.plan(source, output.toString(), Map.of("job.probe-spark-images", "1000"));
      JobPlan tasks =
          PlanFixture.plan(source, output.toString(), Map.of("job.probe-spark-images", "1"));

      assertThat(tasks.items()).isEqualTo(driver.items()).hasSize(5);
      assertThat(tasks.items())
          .filteredOn(item -> !item.id().equals("missing.png"))
          .allSatisfy(
              item -> {
                assertThat(item.bytes()).isEqualTo(Files.size(input.resolve(item.id())));
                assertThat(item.inputVersion()).startsWith(item.bytes() + "-");
              });
    }
  }

  @Test
  void costsFollowTheScaleOfEachImage() throws IOException, InterruptedException {
    Path manifest = folder.resolve("in/list.jsonl");
    Files.writeString(
        manifest,
        "{\"uri\":\"large.png\",\"id\":\"1\",\"scale\":1}\n{\"uri\":\"large.png\",\"id\":\"2\",\"scale\":16}\n");

    List<WorkItem> items =
        PlanFixture.plan(
                manifest.toString(), output.toString(), Map.of("job.gflops-per-second", "0.001"))
            .items();

    // A pixel costs this engine one operation, and a hundred pixels 0.1 ms at this speed.
    long difference = 100 * 90 * (16 * 16 - 1);
    assertThat(items.get(1).cost() - items.get(0).cost())
        .isBetween(difference / 100, difference / 100 + difference * 3 / 1000 + 1);
  }

  @Test
  void credentialsInTheOutputAreNotShown() {
    assertThatThrownBy(
            () -> PlanFixture.report(input.toString(), "s3a://KEY:hunter2@bucket/out", Map.of()))
        .hasMessage(
            "The output s3a://***@bucket/out holds credentials; give them to the store by its own"
                + " settings or environment.");
  }

  private List<String> everything() throws IOException {
    try (Stream<Path> found = Files.walk(folder)) {
      return found
          .map(
              file -> {
                try {
                  return file + " " + Files.getLastModifiedTime(file);
                } catch (IOException e) {
                  throw new AssertionError(e);
                }
              })
          .sorted()
          .toList();
    }
  }
}
