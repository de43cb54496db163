package io.stablesr.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.stablesr.FakeEngine;
import io.stablesr.TestImages;
import io.stablesr.core.ErrorCode;
import io.stablesr.core.StableSrException;
import io.stablesr.restore.UpscalerFactory;
import io.stablesr.spark.SharedSpark;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Supplier;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(SharedSpark.class)
class CommandLineTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  @TempDir private Path folder;

  @Test
  void helpListsTheSubcommandsAndVersionTheVersion() {
    assertThat(run("--help")).isZero();
    assertThat(out.toString()).contains("upscale", "demo");
    assertThat(run("--version")).isZero();
    assertThat(out.toString()).contains("stablesr-spark ");
    assertThat(err.toString()).isEmpty();
  }

  @Test
  void explainPrintsEverySettingAndItsOriginAndDoesNothingElse() throws IOException {
    Files.writeString(folder.resolve("fast.conf"), "stablesr.upscale.seed = 5");
    Path file = Files.writeString(folder.resolve("own.conf"), "stablesr.sampling.eta = 0.5");

    int code =
        run(
            "upscale",
            "--explain",
            "--profile",
            "fast",
            "--config",
            file.toString(),
            "--bundle=quick-bundle",
            "--scale",
            "2.5",
            "--set",
            "job.partitions=3",
            "--overwrite",
            "--conf",
            "spark.hadoop.fs.s3a.secret.key=hidden");

    assertThat(code).as(err.toString()).isZero();
    assertThat(out.toString().replace(file.toString(), "own.conf"))
        .isEqualTo(
            new String(
                CommandLineTest.class.getResourceAsStream("explain.txt").readAllBytes(),
                StandardCharsets.UTF_8));
    assertThat(folder.resolve("out")).doesNotExist();
    assertThat(err.toString()).isEmpty();
  }

  @Test
  void explainSaysWhatUpscaleWouldRefuse() {
    assertThat(run("upscale", "--explain", "--method", "bicubic", "--pre-clean", "on")).isZero();
    assertThat(out.toString()).containsPattern("upscale.pre-clean = \"on\" +# command line");
    assertThat(err.toString())
        .startsWith(
            "note: upscale refuses these settings: upscale.pre-clean is on, but model.method is bicubic; ");
  }

  @Test
  void upscaleWritesItsSummaryToStdoutAndProgressToStderr() throws IOException {
    Path input = Files.createDirectory(folder.resolve("in"));
    Files.write(input.resolve("a.png"), TestImages.png(6, 4));

    int code =
        run(
            "upscale",
            "-i",
            input.toString(),
            "-o",
            folder.resolve("out").toString(),
            "--steps",
            "2",
            "--scale",
            "3",
            "--jpeg-quality",
            "80");

    assertThat(code).as(err.toString()).isZero();
    assertThat(out.toString())
        .contains("1 images: 1 done, 0 failed, 0 skipped in ")
        .contains("images: file:" + folder.resolve("out"))
        .contains("rows:   file:" + folder.resolve("out/_rows/run_id="));
    assertThat(err.toString())
        .contains("1/1 images")
        .startsWith(
            "note: given, but without effect on the pixels: output.jpeg-quality (output.format is png).");
    assertThat(ImageIO.read(folder.resolve("out/a.png").toFile()).getWidth()).isEqualTo(18);
  }

  @Test
  void emulatedBf16IsSaidOnceAtTheStart() throws IOException {
    Path input = Files.createDirectory(folder.resolve("in"));
    Files.write(input.resolve("a.png"), TestImages.png(6, 4));
    Files.write(input.resolve("b.png"), TestImages.png(6, 4));
    Files.writeString(folder.resolve("cpuinfo"), "flags\t: fpu avx512f\n");
    String[] arguments = {
      "upscale", "-i", input.toString(), "-o", folder.resolve("out").toString(), "--dtype", "bf16"
    };

    assertThat(run(arguments)).as(err.toString()).isZero();
    assertThat(err.toString())
        .startsWith(
            "warning: model.dtype is bf16, but this host's processor has no bf16 instructions:"
                + " networks that run on it take about four times as long as with fp32.")
        .containsOnlyOnce("warning:");

    Files.writeString(folder.resolve("cpuinfo"), "flags\t: fpu avx512f avx512_bf16\n");
    assertThat(run(arguments)).isZero();
    assertThat(err.toString()).containsOnlyOnce("warning:");
  }

  @Test
  void aFailedImageGivesExitCodeTwo() throws IOException {
    Path input = Files.createDirectory(folder.resolve("in"));
    Files.writeString(input.resolve("a.png"), "no image");

    int code = run("upscale", "-i", input.toString(), "-o", folder.resolve("out").toString());

    assertThat(code).isEqualTo(2);
    assertThat(out.toString()).contains("FAILED IMAGE_DECODE a.png: ");
  }

  @Test
  void errorsAreOneSentenceAndExitCodeOne() {
    assertThat(run("upscale", "--output", "x")).isEqualTo(1);
    assertThat(errorLine()).isEqualTo("stablesr: upscale needs --input; see upscale --help.");
    assertThat(run("upscale", "--scal", "2")).isEqualTo(1);
    assertThat(errorLine()).contains("--scal").contains("did you mean --scale?");
    assertThat(run("upscale", "--stepz", "2")).isEqualTo(1);
    assertThat(errorLine()).contains("did you mean --steps?");
    assertThat(run("upscale", "--set", "sampling.stops=2", "--explain")).isEqualTo(1);
    assertThat(errorLine())
        .isEqualTo(
            "stablesr: Setting 'sampling.stops' (command line) is unknown; the nearest known"
                + " setting is 'sampling.steps'.");
    assertThat(run("upscale", "--set", "steps", "--explain")).isEqualTo(1);
    assertThat(errorLine()).isEqualTo("stablesr: --set 'steps' is not of the form KEY=VALUE.");
    assertThat(run("upscale", "--scale", "two", "--explain")).isEqualTo(1);
    assertThat(errorLine())
        .isEqualTo(
            "stablesr: Setting 'upscale.scale' (command line) is \"two\"; it must be a number.");
    assertThat(out.toString()).isEmpty();
  }

  @Test
  void debugAddsTheStackTrace() {
    Supplier<UpscalerFactory> none =
        () -> {
          throw new StableSrException(ErrorCode.ENGINE, "There is no engine.");
        };

    assertThat(run(none, "upscale", "--explain")).isEqualTo(1);
    assertThat(err.toString()).isEqualTo("stablesr: There is no engine." + System.lineSeparator());
    assertThat(run(none, "upscale", "--explain", "--debug")).isEqualTo(1);
    assertThat(err.toString()).contains("StableSrException").contains("at io.stablesr.cli");
  }

  @Test
  void theDemonstrationShowsItsResultsSideBySideAndCanBeRepeated() throws IOException {
    Path demo = folder.resolve("demo output");
    String[] arguments = {
      "demo", "-o", demo.toString(), "--steps", "2", "--max-input-pixels", "900"
    };

    assertThat(run(arguments)).as(err.toString()).isZero();
    assertThat(run(arguments)).as(err.toString()).isZero();

    assertThat(out.toString())
        .contains("5 photographs, reduced to at most 900 pixels each")
        .contains("5 images: 5 done, 0 failed, 0 skipped")
        .contains("side by side (bicubic | result): " + demo.resolve("side-by-side.png"));
    assertThat(demo.resolve("output/shoe.png")).exists();
    assertThat(ImageIO.read(demo.resolve("side-by-side.png").toFile()).getHeight())
        .isGreaterThan(5 * 60);
  }

  private int run(String... arguments) {
    return run(FakeEngine::new, arguments);
  }

  private int run(Supplier<UpscalerFactory> factory, String... arguments) {
    return Commands.run(out, err, folder, factory, arguments);
  }

  private String errorLine() {
    String[] lines = err.toString().split("\\R", -1);
    return lines[lines.length - 2];
  }
}
