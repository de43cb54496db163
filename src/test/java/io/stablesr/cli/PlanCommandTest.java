package io.stablesr.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.stablesr.FakeEngine;
import io.stablesr.TestImages;
import io.stablesr.restore.StableSrFactory;
import io.stablesr.restore.UpscalerFactory;
import io.stablesr.spark.SharedSpark;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(SharedSpark.class)
class PlanCommandTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  @TempDir private Path folder;

  @Test
  void aPlanIsATableOrJson() throws IOException {
    Path input = Files.createDirectory(folder.resolve("in"));
    Files.write(input.resolve("a.png"), TestImages.png(30, 20));
    String[] arguments = {
      "plan", "-i", input.toString(), "-o", folder.resolve("out").toString(), "--executors", "4"
    };

    assertThat(run(StableSrFactory::new, arguments)).as(err.toString()).isZero();

    assertThat(out.toString())
        .contains("model              stablesr-mini (licence: Apache-2.0)\n")
        .contains("to do              1\n")
        .containsPattern(
            "this machine \\(cpu, fp32\\) +[0-9.]+ +(below )?[0-9.]+ s +(below )?[0-9.]+ s  measured\n")
        .contains("settings           x4.0, ddim, 4 steps, fp32, png\n")
        .doesNotContain("pre-clean");
    out.getBuffer().setLength(0);
    List<String> more = new ArrayList<>(List.of(arguments));
    more.addAll(List.of("--json", "--gflops-per-second", "50", "--device", "cuda:0"));
    assertThat(run(StableSrFactory::new, more.toArray(String[]::new))).as(err.toString()).isZero();
    assertThat(out.toString())
        .startsWith("{\n")
        .contains("\"executors\": 4", "\"basis\": \"configured\"", "\"gflops_per_second\": 50.0");
    assertThat(folder.resolve("out")).doesNotExist();
  }

  @Test
  void aGpuThatIsNotHereIsSaidAndTheProcessorMeasured() throws IOException {
    Path input = Files.write(folder.resolve("a.png"), TestImages.png(8, 8));

    int code =
        run(
            StableSrFactory::new,
            "plan",
            "-i",
            input.toString(),
            "-o",
            folder.resolve("out").toString(),
            "--device",
            "cuda:7",
            "--dtype",
            "fp16");

    assertThat(code).as(err.toString()).isZero();
    assertThat(out.toString())
        .contains("this machine (cpu, fp32)")
        .contains("cuda:7 cannot be measured here, so the processor was, in fp32: ");
  }

  @Test
  void aMadeUpArchiveFollowsFromItsSeed() {
    String first = synthetic("3000", "7", "1");

    assertThat(synthetic("3000", "7", "1")).isEqualTo(first);
    assertThat(synthetic("3000", "7", "2").replace("seed 2", "seed 1")).isNotEqualTo(first);
    assertThat(first).startsWith("3000 made-up images (seed 1), ");
    String lastLine = first.lines().reduce((earlier, later) -> later).orElseThrow();
    assertThat(lastLine).startsWith("makespan ratio ");
    assertThat(Double.parseDouble(lastLine.replace("makespan ratio ", ""))).isBetween(1.0, 1.05);
    assertThat(synthetic("100", "1", "1")).endsWith("makespan ratio 1.0000\n");
    assertThat(synthetic("0", "1", "1")).endsWith("makespan ratio 1.0000\n");
  }

  @Test
  void whatDoesNotGoTogetherIsRefused() {
    assertThat(run(FakeEngine::new, "plan", "-i", "x")).isEqualTo(1);
    assertThat(err.toString()).endsWith("plan needs --output; see plan --help.\n");
    assertThat(run(FakeEngine::new, "plan", "--synthetic", "5", "--json")).isEqualTo(1);
    assertThat(err.toString()).endsWith("--synthetic goes without --input, --output and --json.\n");
    assertThat(run(FakeEngine::new, "plan", "--synthetic", "5", "--executors", "-1")).isEqualTo(1);
    assertThat(err.toString())
        .endsWith("--executors is -1 and --synthetic 5; neither can be below 0.\n");
    assertThat(run(FakeEngine::new, "plan", "--help")).isZero();
    assertThat(out.toString())
        .contains("--synthetic=N", "--executors=M", "--json", "--partition-minutes=X");
  }

  private String synthetic(String images, String executors, String seed) {
    out.getBuffer().setLength(0);
    int code =
        run(
            StableSrFactory::new,
            "plan",
            "--synthetic",
            images,
            "--executors",
            executors,
            "--seed",
            seed);
    assertThat(code).as(err.toString()).isZero();
    return out.toString().replaceFirst("planned in [0-9.]+ s", "");
  }

  private int run(Supplier<UpscalerFactory> factory, String... arguments) {
    return Commands.run(out, err, folder, factory, arguments);
  }
}
