package io.stablesr.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stablesr.FakeEngine;
import io.stablesr.TestImages;
import io.stablesr.core.ErrorCode;
import io.stablesr.core.StableSrException;
import io.stablesr.job.JobSummary;
import io.stablesr.job.RowStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The same command again. */
@ExtendWith(SharedSpark.class)
class ResumeTest {
  @TempDir private Path folder;
  private final JobFixture fixture = new JobFixture();
  private Path input;
  private Path output;

  @BeforeEach
  void writeInputs() throws IOException {
    input = Files.createDirectory(folder.resolve("in"));
    output = folder.resolve("out");
    for (int i = 0; i < 6; i++) {
      Files.write(input.resolve("p" + i + ".png"), TestImages.png(6 + i, 8));
    }
  }

  @Test
  void aSecondRunComputesNothingAndHasTheSameRows() {
    JobSummary first = run(Map.of());
    long computed = FakeEngine.UPSCALED.get();

    JobSummary second = run(Map.of());

    assertThat(FakeEngine.UPSCALED.get()).isEqualTo(computed);
    assertThat(second.count(RowStatus.DONE)).isEqualTo(6);
    assertThat(second.doneBefore()).isEqualTo(6);
    assertThat(second.text()).contains("6 images: 6 done (6 of them before), 0 failed, 0 skipped");
    Map<String, Row> before = JobFixture.rowsById(first);
    Map<String, Row> after = JobFixture.rowsById(second);
    assertThat(after.keySet()).isEqualTo(before.keySet());
    for (String column :
        List.of(
            "input_sha256",
            "output_sha256",
            "output_bytes",
            "input_width",
            "finished_at",
            "attempt",
            "computed_run_id",
            "parameters_digest")) {
      assertThat(after.get("p3.png").<Object>getAs(column))
          .as(column)
          .isEqualTo(before.get("p3.png").getAs(column))
          .isNotNull();
    }
    assertThat(after.get("p3.png").<String>getAs("run_id")).isEqualTo(second.runId());

    // Of the rows of two runs now.
    JobSummary third = run(Map.of());
    assertThat(FakeEngine.UPSCALED.get()).isEqualTo(computed);
    assertThat(third.doneBefore()).isEqualTo(6);
    assertThat(JobFixture.rowsById(third).get("p3.png").<String>getAs("computed_run_id"))
        .isEqualTo(first.runId());
  }

  @Test
  void whatIsMissingIsMadeAgain() throws IOException {
    run(Map.of());
    byte[] lost = Files.readAllBytes(output.resolve("p2.png"));
    Files.delete(output.resolve("p2.png"));
    Files.write(input.resolve("p9.png"), TestImages.png(7, 7));

    JobSummary second = run(Map.of());

    assertThat(second.count(RowStatus.DONE)).isEqualTo(7);
    assertThat(second.doneBefore()).isEqualTo(5);
    assertThat(output.resolve("p2.png")).hasBinaryContent(lost);
  }

  @Test
  void otherParametersNeverTakeOldOutputsForTheirOwn() throws IOException {
    run(Map.of());
    byte[] old = Files.readAllBytes(output.resolve("p0.png"));

    JobSummary other = run(Map.of("upscale.seed", "7"));
    assertThat(other.count(RowStatus.SKIPPED)).isEqualTo(6);
    assertThat(JobFixture.rowsById(other).get("p0.png").<String>getAs("error_code"))
        .isEqualTo("OUTPUT_DIFFERS");
    assertThat(output.resolve("p0.png")).hasBinaryContent(old);

    JobSummary replaced = run(Map.of("upscale.seed", "7", "output.overwrite", "true"));
    assertThat(replaced.count(RowStatus.DONE)).isEqualTo(6);
    assertThat(replaced.doneBefore()).isZero();
    assertThat(Files.readAllBytes(output.resolve("p0.png"))).isNotEqualTo(old);
    JobSummary again = run(Map.of("upscale.seed", "7", "output.overwrite", "true"));
    assertThat(again.doneBefore()).isEqualTo(6);
  }

  @Test
  void failuresOfAnImageStayUntilARetryIsAskedFor() throws IOException {
    Files.write(input.resolve("poison.png"), TestImages.png(5, 5));
    assertThat(run(Map.of()).exitCode()).isEqualTo(2);
    long computed = FakeEngine.UPSCALED.get();

    JobSummary second = run(Map.of());
    assertThat(second.count(RowStatus.FAILED)).isEqualTo(1);
    assertThat(second.exitCode()).isEqualTo(2);
    assertThat(FakeEngine.UPSCALED.get()).isEqualTo(computed);

    run(Map.of("job.retry-failed", "true"));
    assertThat(FakeEngine.UPSCALED.get()).isEqualTo(computed + 1);
  }

  @Test
  void aDriverThatDiesLosesNothing() throws IOException {
    // All rows of the first run are lost, as when the driver dies before it commits.
    Files.write(input.resolve("cancelled.png"), TestImages.png(5, 5));
    assertThatThrownBy(() -> run(Map.of("job.partitions", "1", "job.write-behind", "1")))
        .isInstanceOfSatisfying(
            StableSrException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CANCELLED));
    assertThat(journals()).isNotEmpty();
    long finished = journals().stream().filter(name -> name.endsWith(".json")).count();
    assertThat(finished).isPositive();
    Files.delete(input.resolve("cancelled.png"));
    long computed = FakeEngine.UPSCALED.get();

    JobSummary second = run(Map.of());

    assertThat(second.count(RowStatus.DONE)).isEqualTo(6);
    assertThat(second.doneBefore()).isEqualTo(finished);
    assertThat(FakeEngine.UPSCALED.get()).isEqualTo(computed + 6 - finished);
    assertThat(JobFixture.rowsById(second)).hasSize(6);
  }

  /** Several inputs may share an output folder. */
  @Test
  void aRunOfAnotherInputKeepsTheJournalOfADeadOne() throws IOException {
    Files.write(input.resolve("cancelled.png"), TestImages.png(5, 5));
    assertThatThrownBy(() -> run(Map.of("job.partitions", "1", "job.write-behind", "1")))
        .isInstanceOf(StableSrException.class);
    List<String> left = journals();
    long finished = left.stream().filter(name -> name.endsWith(".json")).count();
    assertThat(finished).isPositive();
    for (String alive : left.stream().filter(name -> name.endsWith("/alive")).toList()) {
      Files.setLastModifiedTime(Path.of(alive), FileTime.fromMillis(1_000_000));
    }
    Path other = Files.createDirectory(folder.resolve("other"));
    Files.write(other.resolve("q.png"), TestImages.png(6, 6));
    fixture.run(other.toString(), output.toString(), Map.of());
    Files.delete(input.resolve("cancelled.png"));

    JobSummary second = run(Map.of());

    assertThat(second.count(RowStatus.DONE)).isEqualTo(6);
    assertThat(second.doneBefore()).isEqualTo(finished);
    assertThat(output.resolve("_journal")).doesNotExist();
  }

  @Test
  void twoSubmissionsAtOnceDoNotHarmEachOther() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try {
      List<Future<JobSummary>> runs =
          threads.invokeAll(
              List.of(
                  () -> run(Map.of("job.partitions", "2")),
                  () -> run(Map.of("job.partitions", "3"))));
      for (Future<JobSummary> run : runs) {
        assertThat(run.get().count(RowStatus.DONE)).as(run.get().text()).isEqualTo(6);
        assertThat(JobFixture.rowsById(run.get())).hasSize(6);
      }
    } finally {
      threads.shutdownNow();
    }
    assertThat(output.resolve("_journal")).doesNotExist();
    try (Stream<Path> files = Files.list(output)) {
      assertThat(files).hasSize(7);
    }
  }

  @Test
  void journalsOfRunsThatEndedAreSweptAndThoseOfLiveRunsAreNot() throws IOException {
    Configuration hadoop = new Configuration();
    org.apache.hadoop.fs.Path out = new org.apache.hadoop.fs.Path("file:" + output);
    org.apache.hadoop.fs.Path rows = new org.apache.hadoop.fs.Path(out, "_rows");
    Path live = output.resolve("_journal/run_id=live");
    Path dead = output.resolve("_journal/run_id=dead");
    Files.createDirectories(live);
    Files.createDirectories(dead);
    Files.createDirectories(output.resolve("_rows/run_id=dead/_temporary"));
    Files.writeString(live.resolve("alive"), "");
    Files.writeString(dead.resolve("alive"), "");
    Files.setLastModifiedTime(dead.resolve("alive"), FileTime.fromMillis(1_000_000));

    try (RunGuard guard = new RunGuard(hadoop, out, rows, "own")) {
      assertThat(output.resolve("_journal/run_id=own/alive")).exists();
      guard.sweep(Set.of());
    }

    assertThat(live).exists();
    assertThat(dead).doesNotExist();
    assertThat(output.resolve("_journal/run_id=own")).doesNotExist();
    assertThat(output.resolve("_rows/run_id=dead")).doesNotExist();
  }

  @Test
  void nothingIsLeftOfAJournalAfterTheRowsAreThere() throws IOException {
    run(Map.of());

    assertThat(output.resolve("_journal")).doesNotExist();
  }

  private JobSummary run(Map<String, String> settings) {
    return fixture.run(input.toString(), output.toString(), settings);
  }

  private List<String> journals() throws IOException {
    try (Stream<Path> found = Files.walk(output.resolve("_journal"))) {
      return found.filter(Files::isRegularFile).map(Path::toString).toList();
    }
  }
}
