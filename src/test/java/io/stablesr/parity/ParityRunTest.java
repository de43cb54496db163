package io.stablesr.parity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stablesr.SharedFolder;
import io.stablesr.checkpoint.Checkpoint;
import io.stablesr.checkpoint.SafetensorsWriter;
import io.stablesr.core.StableSrException;
import io.stablesr.engine.Precision;
import io.stablesr.parity.FileResult.Outcome;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ParityRunTest {
  private static final String[] MODEL = {
    "config.json", "stablesr_tiny.ckpt", "vqgan_cfw_tiny.ckpt"
  };

  @TempDir private Path temporary;

  @Test
  void recordedFilesOfEveryKindPass() {
    GoldenFolder folder =
        new GoldenFolder(temporary)
            .link(MODEL)
            .link(
                "01_schedule.safetensors",
                "02_timestep_embedding.safetensors",
                "07_ddpm4_16x24_noxT.safetensors",
                "09_ddim5_canvas_tile16_24x40_batch2_cfg.safetensors",
                "11_gaussian_and_spliter.safetensors",
                "11_tile_positions.json",
                "12_colorfix.safetensors",
                "13_resize.safetensors",
                "14_text_prompts.json",
                "17_degradation_parts.safetensors");
    ParityReport report = run(folder, Precision.FP32, Set.of());
    assertThat(report.files())
        .allSatisfy(
            file -> {
              assertThat(file.failures()).as(file.file()).isEmpty();
              assertThat(file.omissions()).as(file.file()).isEmpty();
              assertThat(file.outcome()).as(file.toString()).isEqualTo(Outcome.PASS);
            });
    assertThat(report.total()).isEqualTo("10 passed, 0 failed, 0 not replayed");
    assertThat(report.exitCode()).isZero();
  }

  @Test
  void tracesAreComparedBlockByBlockAndTheRestIsListed() {
    GoldenFolder folder =
        new GoldenFolder(temporary).link(MODEL).link("05_trace_unet_structcond.safetensors");
    FileResult trace = run(folder, Precision.FP32, Set.of("05")).files().get(0);
    assertThat(trace.failures()).isEmpty();
    assertThat(trace.checks()).hasSizeGreaterThan(80);
    assertThat(trace.omissions())
        .allSatisfy(
            omission ->
                assertThat(omission.reason())
                    .isEqualTo("our graph has no separate tensor at this place"));
  }

  @Test
  void bf16HasItsOwnTolerances() {
    GoldenFolder folder =
        new GoldenFolder(temporary)
            .link(MODEL)
            .link("03_structcond_encoder.safetensors", "07_ddpm4_16x24_noxT.safetensors");
    ParityReport report = run(folder, Precision.BF16, Set.of());
    assertThat(report.files()).allSatisfy(file -> assertThat(file.failures()).isEmpty());
    assertThat(report.files().get(0).relativeL2()).isGreaterThan(1e-5);
  }

  @Test
  void oneChangedValueFails() {
    GoldenFolder folder =
        new GoldenFolder(temporary)
            .corrupt("12_colorfix.safetensors", "case0/wavelet")
            .link("13_resize.safetensors");
    ParityReport report = run(folder, Precision.FP32, Set.of());
    assertThat(report.exitCode()).isEqualTo(1);
    assertThat(report.files().get(0).failures())
        .extracting(TensorCheck::tensor)
        .containsExactly("case0/wavelet");
    assertThat(report.total()).isEqualTo("1 passed, 1 failed, 0 not replayed");
    assertThat(ReportTable.render(report))
        .contains("FAIL case0/wavelet: max abs ")
        .contains("1 passed, 1 failed, 0 not replayed");
  }

  @Test
  void oneChangedValueOfAnInputFails() {
    GoldenFolder folder =
        new GoldenFolder(temporary)
            .link(MODEL)
            .corrupt("03_structcond_encoder.safetensors", "case1/z");
    assertThat(run(folder, Precision.FP32, Set.of()).exitCode()).isEqualTo(1);
  }

  @Test
  void weightsMayLieInAFolderWithoutTheFirstStage() throws Exception {
    GoldenFolder folder = new GoldenFolder(temporary).link("config.json", "06_vae_cfw.safetensors");
    Files.createDirectory(temporary.resolve("weights"));
    try (Checkpoint vq = Checkpoint.open(SharedFolder.path("goldens/public/" + MODEL[2]))) {
      SafetensorsWriter encoder = new SafetensorsWriter(Map.of());
      SafetensorsWriter rest = new SafetensorsWriter(Map.of());
      vq.names().forEach(name -> (name.startsWith("enc") ? encoder : rest).add(vq.get(name)));
      encoder.write(temporary.resolve("weights/vq-encoder.safetensors"));
      rest.write(temporary.resolve("weights/vq-rest.safetensors"));
    }
    FileResult result = run(folder, Precision.FP32, Set.of()).files().get(0);
    assertThat(result.message()).isEmpty();
    assertThat(result.failures()).isEmpty();
    assertThat(result.omissions()).isEmpty();
    assertThat(result.checks())
        .extracting(TensorCheck::tensor)
        .contains("case0/decode_plain_first_stage", "case1/decode_cfw_w0.5");
  }

  @Test
  void networksWithoutWeightsFail() {
    GoldenFolder folder =
        new GoldenFolder(temporary).link("config.json", "03_structcond_encoder.safetensors");
    FileResult result = run(folder, Precision.FP32, Set.of()).files().get(0);
    assertThat(result.outcome()).isEqualTo(Outcome.FAIL);
    assertThat(result.message())
        .isEqualTo(
            temporary
                + " has no weights; put safetensors files in its folder weights or checkpoints beside the recorded files.");
  }

  @Test
  void otherFilesAreListedWithTheReason() throws Exception {
    Files.writeString(temporary.resolve("notes.txt"), "x");
    Files.writeString(temporary.resolve("99_future.safetensors"), "x");
    Files.writeString(temporary.resolve("12_damaged.safetensors"), "not a tensor file at all");
    ParityReport report = run(new GoldenFolder(temporary), Precision.FP32, Set.of());
    assertThat(report.files())
        .extracting(FileResult::file, FileResult::outcome)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple("12_damaged.safetensors", Outcome.FAIL),
            org.assertj.core.groups.Tuple.tuple("99_future.safetensors", Outcome.NOT_REPLAYED),
            org.assertj.core.groups.Tuple.tuple("notes.txt", Outcome.NOT_REPLAYED));
    assertThat(report.files().get(1).message()).isEqualTo("unknown kind of file");
    assertThat(report.files().get(2).message()).isEqualTo("unknown kind of file");
  }

  @Test
  void aFolderWithoutAnythingToCompareDoesNotPass() {
    assertThat(run(new GoldenFolder(temporary), Precision.FP32, Set.of()).exitCode()).isEqualTo(1);
  }

  @Test
  void numbersOfFilesHaveTwoDigits() {
    assertThatThrownBy(() -> new ParityOptions(temporary, Precision.FP32, 1, Set.of("4")))
        .isInstanceOf(StableSrException.class)
        .hasMessage(
            "--only is 4; it must be two-digit numbers such as 04,07 or names such as dists.");
  }

  private static ParityReport run(GoldenFolder folder, Precision precision, Set<String> only) {
    ParityRun run = new ParityRun(Replayers.standard(), System::nanoTime);
    List<FileResult> progress = new ArrayList<>();
    ParityOptions options = new ParityOptions(folder.path(), precision, 1, only);
    ParityReport report = run.run(options, progress::add);
    assertThat(progress).isEqualTo(report.files());
    return report;
  }
}
