package io.stablesr.parity;

import static org.assertj.core.api.Assertions.assertThat;

import io.stablesr.SharedFolder;
import io.stablesr.engine.Precision;
import io.stablesr.parity.FileResult.Outcome;
import io.stablesr.parity.ParityReport.Coverage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The recorded metrics; CLIP-IQA, MUSIQ and FID, which take long, are in NetworkGoldenTest. */
class MetricParityTest {
  @TempDir private Path folder;

  @Test
  void recordedMetricsPass() {
    ParityReport report =
        run(
            SharedFolder.path("goldens2/public"),
            Set.of("classic", "lpips_alex", "dists", "resample", "degrade", "srvgg_x4v3"));
    assertThat(report.files())
        .allSatisfy(
            file -> {
              assertThat(file.message()).isEmpty();
              assertThat(file.failures()).as(file.file()).isEmpty();
              assertThat(file.omissions())
                  .extracting(Omission::reason)
                  .doesNotContain("its name is not known here");
            });
    assertThat(report.total()).isEqualTo("6 passed, 0 failed, 0 not replayed");
    assertThat(ReportTable.render(report, ReportTable.Detail.COMPARISONS))
        .contains("Canon_001_LR4 psnr_ycbcr: max abs ")
        .contains("(tolerance abs 1.0e-05) PASS");
  }

  @Test
  void networksThatAreNotThereAreNamedAndFailOnlyOnRequest() throws IOException {
    for (String name : new String[] {"rrdbnet_x4", "swinir_l_x4", "rrdbnet_x2"}) {
      Files.writeString(folder.resolve(name + ".safetensors"), "is not opened");
      Files.writeString(folder.resolve(name + ".json"), "{}");
    }
    link("srvgg_x4v3.safetensors", "srvgg_x4v3.json");
    ParityReport report = run(folder, Set.of());
    assertThat(report.total()).isEqualTo("1 passed, 0 failed, 0 not replayed, 3 not implemented");
    assertThat(report.exitCode()).isZero();
    assertThat(report.exitCode(Coverage.EVERYTHING)).isEqualTo(1);
    assertThat(report.files())
        .filteredOn(file -> file.outcome() == Outcome.NOT_IMPLEMENTED)
        .extracting(FileResult::message)
        .containsExactly(
            "this build has no RRDBNet", "this build has no RRDBNet", "this build has no SwinIR");
    assertThat(ReportTable.render(report)).contains("not implemented: this build has no SwinIR");
  }

  @Test
  void nothingButMissingNetworksDoesNotPass() throws IOException {
    Files.writeString(folder.resolve("swinir_l_x4.safetensors"), "is not opened");
    assertThat(run(folder, Set.of()).exitCode()).isEqualTo(1);
  }

  @Test
  void aChangedPictureFails() throws IOException {
    link("classic.safetensors", "classic.json", "niqe_luma64.json", "niqe_pris_params.npz");
    Path images = Files.createDirectory(folder.resolve("images"));
    Path recorded = SharedFolder.path("goldens2/public/images").toAbsolutePath();
    for (String name : new String[] {"hr_", "sr_", "luma_yiq_sr_"}) {
      String own = name.equals("sr_") ? "hr_" : name;
      Files.createSymbolicLink(
          images.resolve(name + "Canon_001_LR4.png"), recorded.resolve(own + "Canon_001_LR4.png"));
    }
    ParityReport report = run(folder, Set.of());
    assertThat(report.exitCode()).isEqualTo(1);
    assertThat(report.files().get(0).failures())
        .extracting(TensorCheck::tensor)
        .contains("Canon_001_LR4 psnr_ycbcr", "Canon_001_LR4 published SSIM")
        .doesNotContain("Canon_001_LR4 niqe_yiq_hr", "Canon_001_LR4 niqe_yiq_sr from its luma");
  }

  @Test
  void withoutTheListOfKeysTheFileFailsWithTheReason() throws IOException {
    link("musiq.safetensors", "musiq.json");
    FileResult result = run(folder, Set.of()).files().get(0);
    assertThat(result.outcome()).isEqualTo(Outcome.FAIL);
    assertThat(result.message())
        .startsWith("The list of keys ")
        .endsWith(
            "keys_musiq.json cannot be read; it names the weights that the recording was made with.");
  }

  @Test
  void publishedScoresAreReached() {
    for (String set : new String[] {"realsr", "drealsr"}) {
      FileResult result = run(SharedFolder.path("data/" + set), Set.of()).files().get(0);
      assertThat(result.file()).isEqualTo("osediff_metrics.csv");
      assertThat(result.outcome()).as(result.toString()).isEqualTo(Outcome.PASS);
      assertThat(result.checks()).hasSize(2);
      assertThat(result.omissions()).extracting(Omission::tensor).contains("MUSIQ");
    }
  }

  @Test
  void aWrongPublishedScoreAndAMissingColumnFail() throws IOException {
    Path shared = SharedFolder.path("data/realsr").toAbsolutePath();
    Files.createSymbolicLink(folder.resolve("other"), shared.resolve("osediff"));
    Files.createSymbolicLink(folder.resolve("gt"), shared.resolve("gt"));
    Path csv = folder.resolve("other_metrics.csv");
    Files.writeString(csv, "image,PSNR,SSIM\nCanon_004_LR4.png,27.96,0.920197\nnone.png,1,1\n");
    FileResult result = run(folder, Set.of()).files().get(0);
    assertThat(result.failures())
        .extracting(TensorCheck::tensor)
        .containsExactly("PSNR of 1 pictures");
    assertThat(result.omissions()).extracting(Omission::tensor).containsExactly("none.png");
    Files.writeString(csv, "image,PSNR\n");
    assertThat(run(folder, Set.of()).files().get(0).message())
        .isEqualTo(csv + " has no column SSIM; it has image, PSNR.");
  }

  private void link(String... names) throws IOException {
    for (String name : names) {
      Files.createSymbolicLink(
          folder.resolve(name), SharedFolder.path("goldens2/public/" + name).toAbsolutePath());
    }
  }

  private static ParityReport run(Path folder, Set<String> only) {
    return new ParityRun(Replayers.standard(), System::nanoTime)
        .run(new ParityOptions(folder, Precision.FP32, 1, only), file -> {});
  }
}
