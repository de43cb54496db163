package io.stablesr.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.stablesr.FakeEngine;
import io.stablesr.TestImages;
import io.stablesr.job.SettingKey;
import io.stablesr.job.SettingKeys;
import io.stablesr.spark.SharedSpark;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(SharedSpark.class)
class DegradeCommandTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  @TempDir private Path folder;

  @Test
  void everySettingHasAnOptionOfItsOwnInACommand() {
    for (SettingsScope scope : SettingsScope.values()) {
      assertThat(SettingKeys.reference().all().stream().filter(scope::hasOption))
          .extracting(SettingKey::option)
          .doesNotHaveDuplicates()
          .contains(
              switch (scope) {
                case REPORT -> new String[] {"--images", "--vote-seed", "--bundle"};
                case INSPECT -> new String[] {"--steps", "--scale", "--seed"};
                case DEMO -> new String[] {"--max-input-pixels", "--steps"};
                case UPSCALE, DEGRADE -> new String[] {"--overwrite", "--scale", "--seed"};
              });
    }
    assertThat(SettingKeys.reference().all().stream().filter(SettingsScope.UPSCALE::hasOption))
        .extracting(SettingKey::option)
        .doesNotContain("--max-input-pixels");
  }

  @Test
  void pairsAreMadeAndSummedUp() throws IOException {
    Path input = Files.createDirectory(folder.resolve("in"));
    Files.write(input.resolve("a.png"), TestImages.png(40, 40));
    Files.writeString(input.resolve("b.png"), "no picture");
    Path output = folder.resolve("set");

    int code =
        run(
            "degrade",
            "-i",
            input.toString(),
            "-o",
            output.toString(),
            "--preset",
            "light",
            "--crop",
            "16",
            "--scale",
            "2",
            "--seed",
            "5",
            "--min-pixels",
            "256");

    assertThat(code).as(err.toString()).isEqualTo(2);
    assertThat(out.toString())
        .contains("FAILED IMAGE_DECODE b.png: ")
        .contains("2 pairs: 1 done, 1 failed, 0 skipped in ")
        .contains("pairs:  file:" + output + "/gt and /lq")
        .contains("rows:   file:" + output + "/_rows/run_id=");
    assertThat(output.resolve("gt/a.png")).exists();
    assertThat(output.resolve("lq/a.png")).exists();
  }

  @Test
  void whatIsMissingOrWrongIsSaid() {
    assertThat(run("degrade", "-o", folder.toString())).isEqualTo(1);
    assertThat(err.toString()).contains("stablesr: degrade needs --input; see degrade --help.");
    assertThat(run("degrade", "--count", "0", "--explain")).isEqualTo(1);
    assertThat(err.toString()).contains("degrade.count is 0; it must be in 1..10000.");
    assertThat(run("degrade", "--explain", "--preset", "heavy")).isZero();
    assertThat(out.toString()).containsPattern("degrade.preset = \"heavy\" +# command line");
  }

  private int run(String... arguments) {
    return Commands.run(out, err, folder, FakeEngine::new, arguments);
  }
}
