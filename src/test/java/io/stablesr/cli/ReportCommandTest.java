package io.stablesr.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.stablesr.TestImages;
import io.stablesr.restore.StableSrFactory;
import io.stablesr.spark.SharedSpark;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Reports of real runs of the embedded model. */
@ExtendWith(SharedSpark.class)
class ReportCommandTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  @TempDir private Path folder;

  @Test
  void twoRunsAreComparedAndTilesShown() throws IOException {
    Path input = Files.createDirectory(folder.resolve("in"));
    Path truths = Files.createDirectory(folder.resolve("truths"));
    // 4 * 170 + 2 * 16 pixels are 178 latents, so this one has two tiles of 160.
    Files.write(input.resolve("wide.png"), TestImages.png(170, 16));
    Files.write(input.resolve("<b>small.png"), TestImages.png(20, 12));
    Files.writeString(input.resolve("broken.png"), "no picture");
    Files.write(truths.resolve("wide.jpg"), TestImages.jpeg(680, 64));
    Path one = folder.resolve("one");
    Path other = folder.resolve("other");
    assertThat(upscale(input, one, "0")).isEqualTo(2);
    assertThat(upscale(input, other, "1")).isEqualTo(2);
    Path report = folder.resolve("the report");

    int code =
        run(
            "report",
            one.toString(),
            other.toString(),
            "-o",
            report.toString(),
            "--reference",
            truths.toString(),
            "--metrics",
            "psnr,niqe-free");

    assertThat(code).as(err.toString()).isZero();
    assertThat(out.toString())
        .endsWith(
            "6 rows, 2 images with pictures\nreport: %s\n".formatted(report.resolve("index.html")));
    String html = Files.readString(report.resolve("index.html"));
    assertThat(html)
        .contains("<title>one, other</title>", "<b>2</b> configurations", "IMAGE_DECODE: 2")
        .contains("psnr against w", "stablesr-mini@", "&lt;b&gt;small.png")
        .contains("psnr and ssim of studio-range luma without a border")
        .doesNotContain("<b>small");
    // Two tiles, of which the second ends with the picture.
    assertThat(html)
        .containsPattern(
            "\"tiles\":\\[\\[0\\.0,0\\.0,0\\.9[0-9]+,1\\.0\\],\\[0\\.1[0-9]+,0\\.0,1\\.0,1\\.0\\]\\]");
    // 64 rows are too few for blocks of 96 pixels, which costs this score and no other.
    assertThat(err.toString())
        .contains("wide.png lacks a score: NIQE needs at least two blocks of 96x96 pixels");
    Path truth = report.resolve("pictures/00001-truth.jpg");
    assertThat(ImageIO.read(truth.toFile()).getWidth()).isEqualTo(680);
  }

  @Test
  void errorsAreOneSentence() throws IOException {
    Path taken = Files.createDirectory(folder.resolve("taken"));
    Files.writeString(taken.resolve("x"), "x");

    assertThat(run("report", "nowhere", "-o", taken.toString())).isEqualTo(1);
    assertThat(err.toString())
        .isEqualTo(
            "stablesr: %s exists already and is not an empty folder; choose another --output.%n"
                .formatted(taken));
    assertThat(run("report", "nowhere")).isEqualTo(1);
    assertThat(err.toString()).contains("Missing required option: '--output=FOLDER'");
    assertThat(run("report", "x", "-o", "y", "--images", "-3")).isEqualTo(1);
    assertThat(err.toString()).contains("report.images is -3; it must be in 0..10000.");
    assertThat(run("report", folder + "/none", "-o", folder + "/r")).isEqualTo(1);
    assertThat(err.toString()).contains("/none has no finished run");
    assertThat(folder.resolve("r")).doesNotExist();
  }

  private int upscale(Path input, Path output, String weight) {
    return run(
        "upscale",
        "-i",
        input.toString(),
        "-o",
        output.toString(),
        "--steps",
        "1",
        "--fusion-weight",
        weight);
  }

  private int run(String... arguments) {
    return Commands.run(out, err, folder, StableSrFactory::new, arguments);
  }
}
