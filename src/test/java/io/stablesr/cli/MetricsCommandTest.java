package io.stablesr.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.stablesr.TestImages;
import io.stablesr.job.ProgressConsole;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MetricsCommandTest {
  @TempDir private Path folder;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private Path results;
  private Path truths;

  @BeforeEach
  void write() throws IOException {
    results = Files.createDirectory(folder.resolve("results"));
    truths = Files.createDirectory(folder.resolve("truths"));
    for (String name : List.of("a", "b")) {
      Files.write(results.resolve(name + ".png"), TestImages.png(200, 100));
      Files.write(truths.resolve(name + ".png"), TestImages.png(200, 100));
    }
    Files.write(results.resolve("alone.png"), TestImages.png(200, 100));
    Files.writeString(results.resolve("notes.txt"), "no picture");
  }

  private int run(String... args) {
    CommandEnvironment environment =
        new CommandEnvironment(
            new PrintWriter(out, true),
            new PrintWriter(err, true),
            ProgressConsole.Kind.PLAIN,
            List.of(),
            Path.of("/proc/cpuinfo"),
            () -> null);
    return Main.run(environment, args);
  }

  @Test
  void equalPicturesAreScoredAndWritten() throws IOException {
    Path csv = folder.resolve("scores.csv");
    int exit =
        run(
            "metrics",
            "--results",
            results.toString(),
            "--reference",
            truths.toString(),
            "--csv",
            csv.toString());

    assertThat(exit).as(err.toString()).isZero();
    assertThat(out.toString())
        .startsWith(
            "2 pictures scored, 0 not, 1 without a true picture; psnr and ssim of ycbcr, border 0")
        .contains("psnr                80.0000  95 % 80.0000 to 80.0000  higher is better")
        .contains("ssim                 1.0000")
        .contains("niqe-free");
    List<String> lines = Files.readAllLines(csv);
    assertThat(lines).hasSize(3);
    assertThat(lines.get(0))
        .isEqualTo("image,height,width,psnr,ssim,niqe-free,error,color,border,version");
    assertThat(lines.get(1)).startsWith("a,100,200,80.0,1.0,").contains(",,ycbcr,0,");

    assertThat(
            run(
                "metrics",
                "--results",
                results.toString(),
                "--reference",
                truths.toString(),
                "--csv",
                csv.toString()))
        .isEqualTo(1);
    assertThat(err.toString()).contains(csv + " exists already; choose another --csv.");
    assertThat(Files.readAllLines(csv)).isEqualTo(lines);
  }

  @Test
  void aMetricWithoutItsWeightsIsNamedOnceAndNeverZero() {
    int exit =
        run(
            "metrics",
            "--results",
            results.toString(),
            "--metrics",
            "niqe-free,musiq",
            "--weights",
            folder.toString());

    assertThat(exit).isZero();
    assertThat(err.toString())
        .containsOnlyOnce("musiq is left out: musiq_koniq_ckpt-e95806b9.pth is not in " + folder);
    assertThat(out.toString()).contains("3 pictures scored").doesNotContain("musiq");
  }

  @Test
  void picturesOfAnotherSizeAreNamedAndTheOthersScored() throws IOException {
    Files.write(truths.resolve("b.png"), TestImages.png(201, 100));
    int exit = run("metrics", "--results", results.toString(), "--reference", truths.toString());

    assertThat(exit).isEqualTo(2);
    assertThat(err.toString()).contains("stablesr: b: ");
    assertThat(out.toString()).startsWith("1 pictures scored, 1 not");
  }

  @Test
  void pairsNeedAReference() {
    assertThat(run("metrics", "--results", results.toString())).isEqualTo(1);
    assertThat(err.toString())
        .contains(
            "Without --reference there is nothing to compare with for psnr, ssim; give it, or choose --metrics that judge pictures alone: niqe, niqe-free, musiq, clipiqa, clipiqa-official.");
  }

  @Test
  void theFolderIsRequired() {
    assertThat(run("metrics")).isEqualTo(1);
    assertThat(err.toString()).contains("Missing --results: the folder of pictures to score.");
  }

  @Test
  void unknownNamesAndFoldersAreErrors() {
    assertThat(run("metrics", "--results", results.toString(), "--metrics", "pnsr")).isEqualTo(1);
    assertThat(err.toString()).contains("there is no metric 'pnsr'; there are psnr, ssim, lpips");
    assertThat(
            run(
                "metrics",
                "--results",
                folder.resolve("none").toString(),
                "--metrics",
                "niqe-free"))
        .isEqualTo(1);
    assertThat(err.toString()).contains("none cannot be listed: it does not exist");
  }

  @Test
  void theWeightFilesAreListed() {
    assertThat(run("metrics", "fetch-list")).isZero();
    assertThat(out.toString())
        .contains("DISTS_weights-f5e65c96.pth")
        .contains("for lpips-vgg, dists")
        .contains("sha256: f5e65c96230b7f6ca995691647d482237e4cab8a50c5c4a5784f219ef0748218");
  }
}
