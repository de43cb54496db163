package io.stablesr.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stablesr.FakeEngine;
import io.stablesr.TestImages;
import io.stablesr.core.StableSrException;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Sweeps with the engine without networks. */
@ExtendWith(SharedSpark.class)
class SweepTest {
  @TempDir private Path folder;

  private final StringWriter progress = new StringWriter();

  @BeforeEach
  void write() throws IOException {
    picture("paired/lq/a.png", 8, 6);
    picture("paired/gt/a.png", 32, 24);
    picture("paired/lq/b.png", 8, 6);
    picture("paired/gt/b.png", 30, 24);
    picture("paired/lq/alone.png", 8, 6);
    picture("flat/x_LR4.png", 8, 6);
    picture("flat/x_HR.png", 32, 24);
    picture("free/LR/c.png", 8, 6);
    picture("other/a.png", 32, 24);
  }

  private void picture(String path, int width, int height) throws IOException {
    Path file = folder.resolve(path);
    Files.createDirectories(file.getParent());
    Files.write(file, TestImages.png(width, height));
  }

  private SweepRunner.Outcome run(String more) throws IOException {
    Path config = folder.resolve("sweep.conf");
    Files.writeString(
        config,
        """
        sweep {
          data-sets {
            paired.path = ["%1$s/nowhere", "%1$s/paired"]
            flat.path = "%1$s/flat"
            free.path = "%1$s/free"
            absent { path = "%1$s/absent", optional = true }
          }
          settings.sampling.steps = 3
          metrics.names = [psnr, lpips]
        }
        """
                .formatted(folder)
            + more.replace("$", folder.toString()));
    return Sweeps.run(config, folder.resolve("out").toString(), progress);
  }

  private Map<String, Row> rows() {
    Map<String, Row> rows = new HashMap<>();
    for (Row row :
        SparkSession.active()
            .read()
            .parquet(folder.resolve("out/table").toString())
            .collectAsList()) {
      String key =
          "%s %s/%s"
              .formatted(
                  row.<String>getAs("configuration"),
                  row.<String>getAs("data_set"),
                  row.<String>getAs("image"));
      assertThat(rows.put(key, row)).as(key).isNull();
    }
    return rows;
  }

  @Test
  void resultsAreComparedWithInputsAndOneMetricsFailureIsNotTheOthers() throws IOException {
    run(
        "sweep { grids.one {}, baselines = [bicubic], metrics.names = [psnr, consistency, niqe-free, seam],"
            + " metrics.tile = 16, metrics.tile-overlap = 0 }");

    Row bicubic = rows().get("bicubic paired/a");
    assertThat(bicubic.<Double>getAs("consistency")).isGreaterThan(25);
    assertThat(bicubic.<Double>getAs("psnr")).isPositive();
    assertThat(bicubic.<Double>getAs("niqe_free")).isNull();
    assertThat(bicubic.<String>getAs("score_error")).contains("NIQE needs at least two blocks");
    Row psnr =
        SparkSession.active()
            .read()
            .parquet(folder.resolve("out/summary.parquet").toString())
            .where("metric = 'psnr' and data_set = 'flat' and method = 'bicubic'")
            .head();
    assertThat(psnr.<Integer>getAs("images")).isEqualTo(1);
    assertThat(psnr.<Integer>getAs("failed")).isZero();
    Row alone = rows().get("bicubic free/c");
    assertThat(alone.<Double>getAs("consistency")).isGreaterThan(25);
    assertThat(alone.<Double>getAs("psnr")).isNull();
  }

  @Test
  void everyKindOfResultBecomesRowsOfOneTable() throws IOException {
    SweepRunner.Outcome outcome =
        run("sweep { grids.one {}, baselines = [bicubic], external.other.paired = \"$/other\" }");

    assertThat(progress.toString())
        .contains("paired: 1 pictures have no true one of the same name and are left out")
        .contains("absent: not there, left out")
        .contains("lpips is left out: alexnet-owt-7be5be79.pth");
    Map<String, Row> rows = rows();
    assertThat(rows.keySet())
        .containsExactlyInAnyOrder(
            "stablesr paired/a",
            "stablesr paired/b",
            "stablesr flat/x",
            "stablesr free/c",
            "bicubic paired/a",
            "bicubic paired/b",
            "bicubic flat/x",
            "bicubic free/c",
            "other paired/a",
            "other paired/b");
    Row product = rows.get("stablesr paired/a");
    assertThat(product.<String>getAs("kind")).isEqualTo("product");
    assertThat(product.<Integer>getAs("steps")).isEqualTo(3);
    assertThat(product.<Long>getAs("seed")).isEqualTo(42);
    assertThat(product.<Double>getAs("psnr")).isPositive();
    assertThat(product.<Double>getAs("lpips")).isNull();
    assertThat(product.<String>getAs("model_id")).isEqualTo("fake@0");
    assertThat(product.<Long>getAs("upscale_millis")).isEqualTo(1);
    assertThat(product.<String>getAs("reference_sha256")).hasSize(64);
    // Another size than its true picture, no true picture, no result.
    assertThat(rows.get("stablesr paired/b").<String>getAs("score_error")).contains("30");
    assertThat(rows.get("stablesr free/c").<Double>getAs("psnr")).isNull();
    assertThat(rows.get("stablesr free/c").<String>getAs("score_error")).isNull();
    assertThat(rows.get("other paired/b").<String>getAs("error_code")).isEqualTo("INPUT_NOT_FOUND");
    assertThat(rows.get("other paired/a").<Double>getAs("psnr")).isEqualTo(80);
    assertThat(rows.get("other paired/a").<Integer>getAs("steps")).isNull();
    Row baseline = rows.get("bicubic paired/a");
    assertThat(baseline.<String>getAs("model_id")).isEqualTo("bicubic@pillow-1");
    assertThat(baseline.<Integer>getAs("steps")).isNull();
    assertThat(baseline.<Double>getAs("scale")).isEqualTo(4);
    assertThat(baseline.<Double>getAs("psnr")).isGreaterThan(product.<Double>getAs("psnr"));
    assertThat(outcome.failedRows()).isEqualTo(3);
    assertThat(outcome.exitCode()).isEqualTo(2);
  }

  @Test
  void whatHasChangedIsMadeAgainAndNothingElse() throws IOException {
    String more =
        "sweep { grids.one { upscale.fusion-weight = [0, 1] }, external.other.paired = \"$/other\" }";
    run(more);
    long upscaled = FakeEngine.UPSCALED.get();

    assertThat(run(more).madeRows()).isZero();
    assertThat(FakeEngine.UPSCALED.get()).isEqualTo(upscaled);

    // A true picture: all are scored anew that belong to it, none is made.
    picture("paired/gt/b.png", 32, 24);
    assertThat(run(more).failedRows()).isEqualTo(1);
    assertThat(FakeEngine.UPSCALED.get()).isEqualTo(upscaled);
    assertThat(rows().values().stream().filter(row -> row.getAs("score_error") != null)).isEmpty();

    // A result of the other method: its rows alone.
    picture("other/b.png", 32, 24);
    SweepRunner.Outcome outcome = run(more);
    assertThat(outcome.madeRows()).isEqualTo(2);
    assertThat(outcome.exitCode()).isZero();

    // A low-quality picture: its results are replaced.
    picture("free/LR/c.png", 9, 6);
    run(more);
    assertThat(FakeEngine.UPSCALED.get()).isEqualTo(upscaled + 2);
    assertThat(rows()).hasSize(10);
  }

  @Test
  void aConfigurationThatDoesNotSuitTheModelIsRowsThatSaySo() throws IOException {
    SweepRunner.Outcome outcome = run("sweep.grids.one { upscale.prompt = [\"\", unsuitable] }");

    assertThat(outcome.failedRows()).isEqualTo(4 + 1);
    assertThat(rows().get("prompt=unsuitable paired/a").<String>getAs("error_message"))
        .isEqualTo("The prompt does not suit this model.");
    assertThat(outcome.text()).contains("8 rows made, 0 there before, 5 without all scores");
    SweepRunner.Outcome again = run("sweep.grids.one { upscale.prompt = [\"\", unsuitable] }");
    assertThat(again.text()).contains("0 rows made, 8 there before, 5 without all scores");
    assertThat(again.exitCode()).isEqualTo(2);
  }

  @Test
  void aSetThatIsNotThereEndsTheSweep() {
    assertThatThrownBy(
            () -> run("sweep { baselines = [bicubic], data-sets.gone.path = \"$/gone\" }"))
        .isInstanceOf(StableSrException.class)
        .hasMessage(
            "The data set gone is not there: there is no folder %s/gone.".formatted(folder));
  }
}
