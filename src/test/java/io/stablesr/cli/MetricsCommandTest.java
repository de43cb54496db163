package io.stablesr.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.stablesr.spark.SharedSpark;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import javax.imageio.ImageIO;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(SharedSpark.class)
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
      Files.write(results.resolve(name + ".png"), noise(200, 100));
      Files.write(truths.resolve(name + ".png"), noise(200, 100));
    }
    Files.write(results.resolve("alone.png"), noise(200, 100));
    Files.writeString(results.resolve("notes.txt"), "no picture");
  }

  /** Statistics of natural scenes need variance. */
  private static byte[] noise(int width, int height) throws IOException {
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    Random random = new Random(width);
    for (int i = 0; i < width * height; i++) {
      image.setRGB(i % width, i / width, random.nextInt(1 << 24));
    }
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    ImageIO.write(image, "png", file);
    return file.toByteArray();
  }

  private int run(String... args) {
    return Commands.run(out, err, folder, () -> null, args);
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
        .isEqualTo(
            "image,height,width,psnr,ssim,niqe-free,hallucination,hallucination_top,hallucination_left,"
                + "error,color,border,rounding,tile_pixels,overlap_pixels,seed_folders,"
                + "hallucination_threshold,weights_sha256,version,libtorch");
    assertThat(lines.get(1))
        .startsWith("a,100,200,80.0,1.0,")
        .contains(",,,,,ycbcr,0,\"psnr: no; ssim, ms-ssim, niqe: luma\",512,256,0,0.1,")
        .containsPattern("niqe-free[.]npz=[0-9a-f]{64},stablesr-spark [^,]+,\\d");

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
    Files.write(truths.resolve("b.png"), noise(201, 100));
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
            "Without --reference there is nothing to compare with for psnr, ssim; give it, or choose --metrics that judge pictures alone: seam, niqe, niqe-free, musiq, clipiqa, clipiqa-official.");
  }

  @Test
  void theFolderIsRequired() {
    assertThat(run("metrics")).isEqualTo(1);
    assertThat(err.toString()).contains("Missing --results: the folder of pictures to score.");
  }

  @Test
  void unknownNamesAndFoldersAreErrors() {
    assertThat(run("metrics", "--results", results.toString(), "--metrics", "pnsr")).isEqualTo(1);
    assertThat(err.toString())
        .contains("there is no metric 'pnsr'; there are psnr, ssim, ms-ssim, lpips");
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

  @Test
  void rowsAreWrittenAsParquetToo() throws IOException {
    Path table = folder.resolve("scores");
    String[] arguments = {
      "metrics",
      "--results",
      results.toString(),
      "--reference",
      truths.toString(),
      "--metrics",
      "psnr,niqe-free,seam",
      "--tile",
      "80",
      "--tile-overlap",
      "16",
      "--border",
      "2",
      "--parquet",
      table.toString()
    };
    Files.write(truths.resolve("b.png"), noise(201, 100));
    assertThat(run(arguments)).as(err.toString()).isEqualTo(2);

    List<Row> rows =
        SparkSession.active().read().parquet(table.toString()).orderBy("image").collectAsList();
    assertThat(rows).hasSize(2);
    Row row = rows.get(0);
    assertThat(row.<String>getAs("image")).isEqualTo("a");
    assertThat(row.<Integer>getAs("width")).isEqualTo(200);
    assertThat(row.<Double>getAs("psnr")).isCloseTo(80, Offset.offset(1e-9));
    assertThat(row.<Double>getAs("niqe_free")).isPositive();
    assertThat(row.<Double>getAs("seam")).isPositive();
    assertThat(row.<Boolean>getAs("hallucination")).isNull();
    assertThat(row.<String>getAs("color")).isEqualTo("ycbcr");
    assertThat(row.<Integer>getAs("border")).isEqualTo(2);
    assertThat(row.<Integer>getAs("tile_pixels")).isEqualTo(80);
    assertThat(row.<String>getAs("rounding")).isEqualTo("psnr: no; ssim, ms-ssim, niqe: luma");
    assertThat(row.<String>getAs("weights_sha256")).matches("niqe-free[.]npz=[0-9a-f]{64}");
    assertThat(row.<String>getAs("version")).startsWith("stablesr-spark ");
    assertThat(row.<String>getAs("libtorch")).matches("\\d+[.]\\d+.*");
    assertThat(rows.get(1).<Double>getAs("psnr")).isNull();
    assertThat(rows.get(1).<String>getAs("error")).contains("two pictures [3,H,W] of one size");
    // What needs no true picture is there all the same.
    assertThat(rows.get(1).<Double>getAs("niqe_free")).isPositive();

    assertThat(run(arguments)).isEqualTo(1);
    assertThat(err.toString()).contains(table + " exists already; choose another --parquet.");
  }

  @Test
  void resultsAreComparedWithInputsAndOtherSeeds() throws IOException {
    Path inputs = Files.createDirectory(folder.resolve("inputs"));
    Path seeds = Files.createDirectory(folder.resolve("seeds"));
    for (String name : List.of("a", "b", "alone")) {
      Files.write(inputs.resolve(name + ".png"), noise(50, 25));
    }
    for (String name : List.of("a", "b")) {
      Files.copy(results.resolve(name + ".png"), seeds.resolve(name + ".png"));
    }
    Path csv = folder.resolve("scores.csv");
    int exit =
        run(
            "metrics",
            "--results",
            results.toString(),
            "--inputs",
            inputs.toString(),
            "--seeds",
            seeds.toString(),
            "--metrics",
            "consistency,seed-disagreement",
            "--csv",
            csv.toString());

    assertThat(exit).as(err.toString()).isZero();
    assertThat(err.toString()).contains("stablesr: " + seeds + " has no alone");
    assertThat(out.toString())
        .contains("3 pictures scored")
        .contains("consistency")
        .contains("seed-disagreement     0.0000")
        .contains("hallucination    0 of 2 pictures above 0.1");
    List<String> lines = Files.readAllLines(csv);
    assertThat(lines.get(1)).startsWith("a,100,200,").contains(",0.0,false,0,0,,ycbcr");
    assertThat(lines.get(2)).startsWith("alone,100,200,").contains(",,,,,,ycbcr");
  }

  @Test
  void comparisonsNeedTheirFolders() {
    assertThat(run("metrics", "--results", results.toString(), "--metrics", "consistency"))
        .isEqualTo(1);
    assertThat(err.toString())
        .contains("Without --inputs there is nothing to compare with for consistency;");
    assertThat(run("metrics", "--results", results.toString(), "--metrics", "seed-disagreement"))
        .isEqualTo(1);
    assertThat(err.toString())
        .contains("Without --seeds there is nothing to compare with for seed-disagreement;");
    assertThat(
            run(
                "metrics",
                "--results",
                results.toString(),
                "--metrics",
                "niqe-free",
                "--hallucination-threshold",
                "0"))
        .isEqualTo(1);
    assertThat(err.toString())
        .contains("--hallucination-threshold is 0.0; it must be above 0 and at most 1.");
  }
}
