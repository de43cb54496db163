package io.stablesr.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainCommandTest {
  @TempDir private Path temporary;

  private final StringWriter err = new StringWriter();

  private int run(String... args) {
    return Commands.run(new StringWriter(), err, temporary, () -> null, args);
  }

  @Test
  void aStageOfTheShippedConfigurationRunsWithOverrides() throws IOException {
    Path bundle = temporary.resolve("bundle");
    String init =
        "export.init=[${bundle}/diffusion.safetensors, ${bundle}/autoencoder.safetensors]";
    assertThat(
            run(
                "train",
                "--config",
                "conf/train-mini.conf",
                "--stage",
                "export",
                "--set",
                init,
                "--set",
                "export.folder=\"" + bundle + "\""))
        .as(err.toString())
        .isZero();
    assertThat(bundle.resolve("model.conf")).isNotEmptyFile();
    assertThat(err.toString()).contains("bundle: " + bundle);
  }

  @Test
  void aStageThatDoesNotExistIsAnError() {
    assertThat(run("train", "-c", "conf/train-stablesr.conf", "-s", "stage-3")).isEqualTo(1);
    assertThat(err.toString())
        .contains(
            "The configuration has no stage 'stage-3'; it has base, bundle, export, fusion, fusion-data, stage-1, work.");
  }

  @Test
  void aFileThatDoesNotExistIsAnError() {
    assertThat(run("train", "-c", "nowhere.conf", "-s", "a")).isEqualTo(1);
    assertThat(err.toString()).contains("nowhere.conf cannot be used:");
  }
}
