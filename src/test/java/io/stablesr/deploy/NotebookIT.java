package io.stablesr.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.stablesr.TestImages;
import io.stablesr.testing.Browser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Executes the notebook over a real run of the embedded model. */
class NotebookIT {
  @TempDir private Path folder;

  @Test
  void everyCellRunsAndThePlotsAreThere() throws Exception {
    requireJupyter();
    Path input = Files.createDirectory(folder.resolve("in"));
    // Of four pixels each is made, which are enough for two blocks of 96.
    Files.write(input.resolve("a.png"), TestImages.png(50, 26));
    Files.writeString(input.resolve("broken.png"), "no picture");
    Path run = folder.resolve("out 1");
    assertThat(shell("jobs/stablesr", "upscale", "-i", input, "-o", run, "--steps", "1").code())
        .isEqualTo(2);

    Shell.Outcome outcome = shell("jobs/notebook", "-o", folder.resolve("book.html"), run);

    assertThat(outcome.code()).as(outcome.err()).isZero();
    assertThat(Files.readString(folder.resolve("book.html")))
        .contains("2 rows of 1 runs", "images without a result", "IMAGE_DECODE")
        .contains("time per image of 1: median ", "seconds per image against steps")
        .contains("2 rows, 1 done")
        .doesNotContain("Traceback");
  }

  private Shell.Outcome shell(Object... command) throws IOException, InterruptedException {
    return new Shell(folder)
        .run(
            Map.of("HOME", System.getenv("HOME")),
            Arrays.stream(command).map(Object::toString).toList());
  }

  private static void requireJupyter() {
    boolean there =
        List.of(System.getenv("PATH").split(":", -1)).stream()
            .anyMatch(path -> Files.isExecutable(Path.of(path, "jupyter-nbconvert")));
    if (!there && Browser.isRequired()) {
      throw new AssertionError(
          "There is no jupyter-nbconvert on the PATH and CI=true; install the package"
              + " jupyter-nbconvert (docs/report.md).");
    }
    assumeTrue(there, "There is no jupyter-nbconvert on the PATH");
  }
}
