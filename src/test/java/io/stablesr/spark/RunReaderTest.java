package io.stablesr.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.stablesr.TestImages;
import io.stablesr.core.ErrorCode;
import io.stablesr.core.StableSrException;
import io.stablesr.job.JobSummary;
import io.stablesr.job.RowStatus;
import io.stablesr.job.SettingKeys;
import io.stablesr.job.Settings;
import io.stablesr.job.SettingsLayer;
import io.stablesr.report.ReportCase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(SharedSpark.class)
class RunReaderTest {
  private static final Config SETTINGS =
      Settings.of(
              SettingKeys.reference(),
              List.of(SettingsLayer.ofCommandLine(Map.of())),
              bundle -> ConfigFactory.empty())
          .values();

  @TempDir private Path folder;
  private Path input;
  private Path output;

  @BeforeEach
  void writeInputs() throws IOException {
    input = Files.createDirectory(folder.resolve("in"));
    output = folder.resolve("out [1]");
    Files.write(input.resolve("a 100%25.png"), TestImages.png(8, 6));
    Files.writeString(input.resolve("broken.png"), "no picture");
  }

  @Test
  void theRowsOfTheLatestFinishedRunAreRead() throws IOException {
    JobFixture fixture = new JobFixture();
    fixture.run(input.toString(), output.toString(), Map.of());
    Files.write(input.resolve("b.png"), TestImages.png(5, 5));
    JobSummary second = fixture.run(input.toString(), output.toString(), Map.of());
    Files.createDirectories(output.resolve("_rows/run_id=99990101T000000-unfinished"));

    RunReader reader = new RunReader(SETTINGS);
    List<ReportCase> cases = reader.rows(output.toString());

    assertThat(cases)
        .extracting(ReportCase::imageId)
        .containsExactlyInAnyOrder("a 100%25.png", "broken.png", "b.png");
    ReportCase done =
        cases.stream().filter(one -> one.imageId().equals("b.png")).findFirst().orElseThrow();
    assertThat(done.outcome()).isEqualTo(ReportCase.Outcome.DONE);
    assertThat(done.settings())
        .containsEntry("sampling.steps", "3")
        .containsEntry("upscale.scale", "4.0")
        .containsEntry("bundle", "fake@0")
        .doesNotContainKeys("upscale.seed", "output.format");
    assertThat(done.facts())
        .containsEntry("run", second.runId())
        .containsEntry("model", "fake@0")
        .containsEntry("upscale.seed", "42");
    assertThat(done.sizes().outputWidth()).isEqualTo(20);
    assertThat(done.stageMillis()).containsKeys("read", "sample", "write");
    assertThat(done.metrics()).isEmpty();
    assertThat(reader.read(done.files().output()))
        .isEqualTo(Files.readAllBytes(output.resolve("b.png")));
    assertThat(cases).extracting(ReportCase::settings).containsOnly(done.settings());
    ReportCase failed = cases.stream().filter(one -> !one.isDone()).findFirst().orElseThrow();
    assertThat(failed.outcome().status()).isEqualTo(RowStatus.FAILED);
    assertThat(failed.outcome().errorCode()).isEqualTo("IMAGE_DECODE");
    ReportCase odd =
        cases.stream().filter(one -> one.imageId().startsWith("a ")).findFirst().orElseThrow();
    assertThat(reader.read(odd.files().input())).isEqualTo(TestImages.png(8, 6));

    String earlier = earlierRun(second);
    assertThat(reader.rows(earlier)).hasSize(2);
  }

  private String earlierRun(JobSummary latest) throws IOException {
    try (var runs = Files.list(output.resolve("_rows"))) {
      return runs.filter(run -> !run.toString().endsWith(latest.runId()))
          .filter(run -> !run.toString().endsWith("unfinished"))
          .findFirst()
          .orElseThrow()
          .toString();
    }
  }

  @Test
  void theTableOfASweepHasItsScoresMethodsAndDataSets() {
    SparkSession.active()
        .sql(
            """
            SELECT * FROM VALUES
              ('real', 'x', 'stablesr', 'DONE', map('upscale.fusion-weight', '0.5', 'upscale.seed', '1'),
               24.5D, CAST(NULL AS DOUBLE), 'p1', 'ycbcr', 0, '/lq/x.png', '/out/x.png', '/gt/x.png',
               map('sample', 12L), 'run-7'),
              ('real', 'x', 'bicubic', 'DONE', CAST(NULL AS MAP<STRING, STRING>),
               23.5D, 6.25D, 'p1', 'ycbcr', 0, '/lq/x.png', '/b/x.png', '/gt/x.png',
               CAST(NULL AS MAP<STRING, BIGINT>), CAST(NULL AS STRING))
              AS t(data_set, image, method, status, parameters, psnr, niqe_free, protocol_id,
                   metric_color, metric_border_pixels, input_uri, output_uri, reference_uri,
                   stage_millis, computed_run_id)
            """)
        .write()
        .parquet(folder.resolve("bench/table").toString());

    List<ReportCase> cases = new RunReader(SETTINGS).rows(folder.resolve("bench").toString());

    assertThat(cases).hasSize(2).extracting(ReportCase::imageId).containsOnly("real/x");
    ReportCase ours =
        cases.stream().filter(one -> !one.stageMillis().isEmpty()).findFirst().orElseThrow();
    assertThat(ours.settings())
        .isEqualTo(Map.of("method", "stablesr", "protocol", "p1", "upscale.fusion-weight", "0.5"));
    assertThat(ours.metrics()).isEqualTo(Map.of("psnr", 24.5));
    assertThat(ours.facts())
        .containsEntry(ReportCase.DATA_SET, "real")
        .containsEntry("scores", "psnr and ssim of ycbcr, border 0")
        .containsEntry("run", "run-7");
    assertThat(ours.files().truth()).isEqualTo("/gt/x.png");
    ReportCase bicubic =
        cases.stream().filter(one -> one.stageMillis().isEmpty()).findFirst().orElseThrow();
    assertThat(bicubic.settings()).isEqualTo(Map.of("method", "bicubic", "protocol", "p1"));
    assertThat(bicubic.metrics()).isEqualTo(Map.of("psnr", 23.5, "niqe-free", 6.25));
  }

  @Test
  void whatIsNoRunIsSaid() throws IOException {
    Path empty = Files.createDirectory(folder.resolve("empty"));
    Path unfinished =
        Files.createDirectories(folder.resolve("out/_rows/run_id=20260101T000000-00000000"));
    RunReader reader = new RunReader(SETTINGS);

    for (Path none : List.of(empty, folder.resolve("nowhere"), folder.resolve("out"))) {
      assertThatThrownBy(() -> reader.rows(none.toString()))
          .isInstanceOfSatisfying(
              StableSrException.class,
              e -> assertThat(e.code()).isEqualTo(ErrorCode.INPUT_NOT_FOUND))
          .hasMessage(
              "%s has no finished run: there is neither _rows/run_id=... with a _SUCCESS in it nor"
                  + " the table of a sweep.",
              none);
    }
    assertThatThrownBy(() -> reader.rows(unfinished.toString()))
        .hasMessage("%s is not the rows of a finished run: it has no _SUCCESS.", unfinished);
    assertThatThrownBy(() -> reader.rows("s3a://key:secret@bucket/out"))
        .hasMessageStartingWith("The run s3a://***@bucket/out holds credentials");
  }

  @Test
  void picturesAreReadFromStoresOnly() {
    assertThatThrownBy(() -> new RunReader(SETTINGS).read("http://127.0.0.1:9/x.png"))
        .isInstanceOf(StableSrException.class)
        .hasMessage(
            "http://127.0.0.1:9/x.png is not read: a report takes pictures from files and stores"
                + " only.");
  }
}
