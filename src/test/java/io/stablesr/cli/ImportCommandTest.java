package io.stablesr.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.stablesr.testing.TinyFiles;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImportCommandTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  @TempDir private Path folder;

  @Test
  void aBundleIsMadeWithTheConventionsOfTheFileName() throws IOException {
    Path diffusion = Files.copy(TinyFiles.diffusion(), folder.resolve("stablesr_768v_000139.ckpt"));
    Path output = folder.resolve("sr-768");

    int code =
        run(
            "import",
            "--diffusion",
            diffusion.toString(),
            "--autoencoder",
            TinyFiles.autoencoder().toString(),
            "--output",
            output.toString(),
            "--head-channels=16",
            "--text-heads=4",
            "--dtype=bf16");

    assertThat(code).as(err.toString()).isZero();
    assertThat(out.toString())
        .startsWith("bundle   " + output)
        .contains("model    sr-768@", "licence  S-Lab License 1.0 (non-commercial use only)");
    assertThat(err.toString())
        .contains(
            "import: preset 768v, v-prediction, tiles of 96 latents; the file name"
                + " stablesr_768v_000139.ckpt says 768v, change it with --preset,"
                + " --parameterization and --tile-latents");
    Config conf = ConfigFactory.parseFile(output.resolve("model.conf").toFile());
    assertThat(conf.getString("parameterization")).isEqualTo("v");
    assertThat(conf.getInt("tile-latents")).isEqualTo(96);
    assertThat(conf.getInt("geometry.minimum-pixels")).isEqualTo(768);
    assertThat(conf.getInt("defaults.sampling.overlap-latents")).isEqualTo(48);
  }

  @Test
  void wrongOptionsAndFilesAreOneSentence() {
    String tiny = TinyFiles.diffusion().toString();
    String output = folder.resolve("out").toString();

    assertFails("Missing required option", "import", "--diffusion", tiny, "--output", output);
    assertFails(
        "import needs either --diffusion, or --base and --sr-module; see import --help.",
        "import",
        "--autoencoder",
        tiny,
        "--output",
        output);
    assertFails(
        "--preset is 'fast'; it must be one of standard, turbo, face, 768v.",
        "import",
        "--diffusion",
        tiny,
        "--autoencoder",
        tiny,
        "-o",
        output,
        "--preset=fast");
    assertFails(
        "--dtype is 'int8'; it must be fp32, bf16 or fp16.",
        "import",
        "--diffusion",
        tiny,
        "--autoencoder",
        tiny,
        "-o",
        output,
        "--dtype=int8");
    assertFails(
        "--diffusion and --autoencoder are both " + tiny,
        "import",
        "--diffusion",
        tiny,
        "--autoencoder",
        tiny,
        "-o",
        output);
    assertFails(
        "--head-channels is 64, but the UNet attends over 32 channels",
        "import",
        "--diffusion",
        tiny,
        "--autoencoder",
        TinyFiles.autoencoder().toString(),
        "-o",
        output);
    assertThat(folder.resolve("out")).doesNotExist();
  }

  private void assertFails(String message, String... args) {
    err.getBuffer().setLength(0);
    assertThat(run(args)).isEqualTo(1);
    assertThat(err.toString()).contains("stablesr: " + message);
    assertThat(out.toString()).isEmpty();
  }

  private int run(String... args) {
    return Commands.run(
        out,
        err,
        folder,
        () -> {
          throw new AssertionError("import needs no upscaler");
        },
        args);
  }
}
