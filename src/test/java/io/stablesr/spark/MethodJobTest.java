package io.stablesr.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stablesr.SharedFolder;
import io.stablesr.core.Digests;
import io.stablesr.core.FloatTensor;
import io.stablesr.image.DecodeLimits;
import io.stablesr.image.ImageDecoder;
import io.stablesr.image.PilResize;
import io.stablesr.job.JobSummary;
import io.stablesr.restore.MethodFactory;
import io.stablesr.testing.Damage;
import io.stablesr.testing.LatentDiffusionFile;
import java.awt.image.BufferedImage;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Jobs with methods other than the model alone, with real networks. */
@ExtendWith(SharedSpark.class)
class MethodJobTest {
  private static final Path WEIGHTS = SharedFolder.path("thirdparty/realesr-general-x4v3.bin");

  private final JobFixture jobs = new JobFixture(new MethodFactory());
  @TempDir private Path folder;
  private Path input;
  private String lastSummary;

  @BeforeEach
  void makeInput() throws IOException {
    input = Files.createDirectory(folder.resolve("in"));
    FloatTensor photograph =
        new ImageDecoder(DecodeLimits.defaults())
            .decode(
                "sample", Files.readAllBytes(SharedFolder.path("data/realsr/lq/Canon_004_LR4.png")))
            .rgb();
    FloatTensor small = PilResize.bicubicFloats(photograph, 48, 60);
    write("good.png", small);
    write("noisy.png", Damage.noise(small, 25, 1));
  }

  private void write(String name, FloatTensor picture) throws IOException {
    int height = picture.dim(1);
    int width = picture.dim(2);
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        int rgb = 0;
        for (int c = 0; c < 3; c++) {
          float value = picture.data()[(c * height + y) * width + x];
          rgb = rgb << 8 | Math.round(255 * Math.max(0, Math.min(1, value)));
        }
        image.setRGB(x, y, rgb);
      }
    }
    File file = input.resolve(name).toFile();
    assertThat(ImageIO.write(image, "png", file)).isTrue();
  }

  private Map<String, Row> run(String output, Map<String, String> settings) {
    JobSummary summary = jobs.run(input.toString(), folder.resolve(output).toString(), settings);
    assertThat(summary.exitCode()).as(jobs.progress()).isZero();
    lastSummary = summary.text();
    return JobFixture.rowsById(summary);
  }

  @Test
  void aNetworkIsAMethodAndItsRowsHaveItsDigest() throws IOException {
    Map<String, String> settings =
        Map.of(
            "model.method", "realesrgan",
            "model.weights", WEIGHTS.toString(),
            "upscale.scale", "2.5");
    Map<String, Row> rows = run("out", settings);
    Row row = rows.get("good.png");
    assertThat(row.<String>getAs("model_id"))
        .isEqualTo("realesrgan:realesr-general-x4v3@" + Digests.sha256(WEIGHTS));
    assertThat(row.<Integer>getAs("output_width")).isEqualTo(150);
    assertThat(row.<Integer>getAs("output_height")).isEqualTo(120);
    assertThat(ImageIO.read(folder.resolve("out/good.png").toFile()).getWidth()).isEqualTo(150);
    assertThat(row.<String, Long>getJavaMap(row.fieldIndex("stage_millis")))
        .containsKeys("restore", "resize");
    String first = row.getAs("computed_run_id");
    assertThat(run("out", settings).get("good.png").<String>getAs("computed_run_id"))
        .as("finished images stay")
        .isEqualTo(first);
  }

  @Test
  void autoCleansTheNoisyImageAndRowsSayWhatWasDecided() {
    Map<String, Row> rows =
        run(
            "out",
            Map.of(
                "upscale.pre-clean", "auto",
                "model.cleaner-weights", WEIGHTS.toString(),
                "sampling.steps", "2"));
    Row noisy = rows.get("noisy.png");
    Row good = rows.get("good.png");
    assertDecision(noisy, "cleaned", " reaches the limit of 1.00 (noise ");
    assertDecision(good, "left", " is below the limit of 1.00 (noise ");
    for (Row row : List.of(noisy, good)) {
      assertThat(row.<Integer>getAs("output_width")).isEqualTo(240);
      assertThat(row.<Integer>getAs("output_height")).isEqualTo(192);
      assertThat(row.<String, String>getJavaMap(row.fieldIndex("parameters")))
          .containsEntry("upscale.pre-clean", "AUTO")
          .containsEntry("upscale.pre-clean-severity", "1.0");
      assertThat(row.<String>getAs("model_id")).contains("+cleaner:realesr-general-x4v3@");
      assertThat(row.<String, Long>getJavaMap(row.fieldIndex("stage_millis")))
          .containsKey("pre-clean");
    }
  }

  @Test
  void withoutAFileTheEmbeddedCleanerJudgesByWhatItChanges() {
    Map<String, String> settings = Map.of("upscale.pre-clean", "auto", "sampling.steps", "2");
    Map<String, Row> rows = run("out", settings);
    assertThat(lastSummary).contains("\npre-clean: 1 of 2 cleaned first\n");
    assertDecision(
        rows.get("noisy.png"), "cleaned", " reaches the limit of 1.00 (cleaning changes ");
    assertDecision(rows.get("good.png"), "left", " is below the limit of 1.00 (cleaning changes ");
    for (Row row : rows.values()) {
      assertThat(row.<String>getAs("model_id")).contains("+cleaner:stablesr-cleaner-x1@");
      assertThat(row.<Integer>getAs("output_width")).isEqualTo(240);
    }
    Map<String, Row> kept = run("out", settings);
    assertDecision(kept.get("noisy.png"), "cleaned", " reaches the limit of 1.00 (");
    assertThat(lastSummary).contains("(2 of them before)").contains("pre-clean: 1 of 2 cleaned");
  }

  @Test
  void whatAnImageAsksForInVainIsAnErrorOfTheManifest() throws IOException {
    Path manifest = input.resolve("list.csv");
    Files.writeString(manifest, "uri,pre_clean\ngood.png,off\nnoisy.png,on\n");
    String output = folder.resolve("out").toString();
    assertThatThrownBy(() -> jobs.run(manifest.toString(), output, Map.of()))
        .hasMessageContaining("line 3, column 'pre_clean': upscale.pre-clean is on, but no cleaner")
        .hasMessageContaining("set model.cleaner-weights (--cleaner-weights) for the job");
    assertThatThrownBy(
            () -> PlanFixture.report(new MethodFactory(), manifest.toString(), output, Map.of()))
        .hasMessageContaining(
            "line 3, column 'pre_clean': upscale.pre-clean is on, but no cleaner");
    assertThatThrownBy(
            () ->
                jobs.run(
                    input.toString(),
                    output,
                    Map.of("model.method", "bicubic", "upscale.pre-clean", "auto")))
        .hasMessage(
            "upscale.pre-clean is auto, but model.method is bicubic; only the method stablesr has inputs cleaned. Set upscale.pre-clean = off (--pre-clean off) or model.method = stablesr.");
    Path lines = input.resolve("list.jsonl");
    Files.writeString(lines, "{\"uri\": \"noisy.png\", \"pre_clean\": \"auto\"}\n");
    assertThatThrownBy(() -> jobs.run(lines.toString(), output, Map.of()))
        .hasMessageContaining(
            "line 1, column 'pre_clean': upscale.pre-clean is auto, but no cleaner");
    assertThat(folder.resolve("out")).doesNotExist();

    JobSummary summary =
        jobs.run(
            manifest.toString(),
            output,
            Map.of("model.cleaner-weights", "stablesr-cleaner-x1", "sampling.steps", "2"));
    Map<String, Row> rows = JobFixture.rowsById(summary);
    assertDecision(rows.get("noisy.png"), "cleaned", "as asked; severity ");
    assertThat(rows.get("good.png").<String>getAs("pre_clean")).isNull();
    assertThat(summary.text()).contains("pre-clean: 1 of 1 cleaned first\n");
  }

  @Test
  void latentDiffusionIsAMethodWithDefaultsOfItsOwn() {
    Path weights = LatentDiffusionFile.write(folder.resolve("model.safetensors"));
    Map<String, String> settings =
        Map.of(
            "model.method", "ldm",
            "model.weights", weights.toString(),
            "sampling.steps", "2");
    Row row = run("out", settings).get("good.png");
    assertThat(row.<String>getAs("model_id")).startsWith("ldm:model@");
    assertThat(row.<Integer>getAs("output_width")).isEqualTo(240);
    assertThat(row.<String, String>getJavaMap(row.fieldIndex("parameters")))
        .containsEntry("sampling.sampler", "DDIM")
        .containsEntry("sampling.steps", "2")
        .containsEntry("sampling.eta", "1.0")
        .containsEntry("sampling.start", "PURE_NOISE");
    assertThat(row.<String, Long>getJavaMap(row.fieldIndex("stage_millis")))
        .containsKeys("sample", "vae-decode");
    String digest = row.getAs("output_sha256");
    assertThat(run("again", settings).get("good.png").<String>getAs("output_sha256"))
        .isEqualTo(digest);
  }

  private static void assertDecision(Row row, String decision, String reason) {
    assertThat(row.<String>getAs("pre_clean")).isEqualTo(decision);
    assertThat(row.<String>getAs("pre_clean_reason")).contains(reason);
    // What was asked for and done is nothing to warn of.
    assertThat(row.getList(row.fieldIndex("warnings"))).isEmpty();
  }
}
