package io.stablesr.parity;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.stablesr.SharedFolder;
import io.stablesr.engine.Precision;
import io.stablesr.parity.FileResult.Outcome;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
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
            Set.of(
                "classic",
                "lpips_alex",
                "dists",
                "resample",
                "degrade",
                "rrdbnet_x2",
                "rrdbnet_x4",
                "srvgg_x4v3",
                "swinir_l_x4"));
    assertThat(report.files())
        .allSatisfy(
            file -> {
              assertThat(file.message()).isEmpty();
              assertThat(file.failures()).as(file.file()).isEmpty();
              assertThat(file.omissions())
                  .extracting(Omission::reason)
                  .doesNotContain("its name is not known here");
            });
    assertThat(report.total()).isEqualTo("9 passed, 0 failed, 0 not replayed");
    assertThat(ReportTable.render(report, ReportTable.Detail.COMPARISONS))
        .contains("Canon_001_LR4 psnr_ycbcr: max abs ")
        .contains("(tolerance abs 1.0e-05) PASS");
  }

  @Test
  void nothingButUnknownFilesDoesNotPass() throws IOException {
    Files.writeString(folder.resolve("unknown_network.safetensors"), "is not opened");
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
  void aChangedPixelOfANetworksInputFails() throws IOException {
    link("rrdbnet_x4.json");
    Path recorded = SharedFolder.path("goldens2/public/rrdbnet_x4.safetensors");
    byte[] bytes = Files.readAllBytes(recorded);
    int header = (int) ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong(0);
    JsonObject tensors =
        JsonParser.parseString(new String(bytes, 8, header, StandardCharsets.UTF_8))
            .getAsJsonObject();
    JsonArray place = tensors.getAsJsonObject("input_u8").getAsJsonArray("data_offsets");
    bytes[8 + header + place.get(0).getAsInt() + 900] ^= 16;
    Files.write(folder.resolve("rrdbnet_x4.safetensors"), bytes);
    Files.createSymbolicLink(
        folder.resolve("keys"), SharedFolder.path("goldens2/keys").toAbsolutePath());
    FileResult result = run(folder, Set.of()).files().get(0);
    assertThat(result.failures())
        .extracting(TensorCheck::tensor)
        .contains("output", "conv_first_sub", "body22_sub");
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
