package io.stablesr.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.stablesr.parity.GoldenFolder;
import java.io.StringWriter;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ParityCommandTest {
  @TempDir private Path temporary;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @Test
  void aCorruptedFileFailsAndTheJsonSaysWhere() {
    new GoldenFolder(temporary)
        .corrupt("12_colorfix.safetensors", "case1/adain")
        .link("11_tile_positions.json");
    assertThat(run("parity", temporary.toString(), "--json", "--threads", "1")).isEqualTo(1);
    JsonObject report = JsonParser.parseString(out.toString()).getAsJsonObject();
    assertThat(report.get("passed").getAsInt()).isEqualTo(1);
    assertThat(report.get("failed").getAsInt()).isEqualTo(1);
    JsonObject file = report.getAsJsonArray("files").get(1).getAsJsonObject();
    assertThat(file.get("file").getAsString()).isEqualTo("12_colorfix.safetensors");
    assertThat(file.get("result").getAsString()).isEqualTo("fail");
    assertThat(file.getAsJsonArray("tensors"))
        .map(tensor -> tensor.getAsJsonObject())
        .filteredOn(tensor -> !tensor.get("passed").getAsBoolean())
        .extracting(tensor -> tensor.get("tensor").getAsString())
        .containsExactly("case1/adain");
  }

  @Test
  void aFolderThatPassesExitsWithZero() {
    new GoldenFolder(temporary).link("11_tile_positions.json", "12_colorfix.safetensors");
    assertThat(run("parity", temporary.toString(), "--only", "11", "--each")).isZero();
    assertThat(out.toString())
        .contains("max abs 0, rel L2 0 (tolerance exact) PASS")
        .contains("1 passed, 0 failed, 0 not replayed");
  }

  @Test
  void otherTypesAreRefused() {
    assertThat(run("parity", temporary.toString(), "--dtype", "fp64")).isEqualTo(1);
    assertThat(err.toString()).contains("'fp64' is neither fp32 nor bf16");
  }

  private int run(String... args) {
    return Commands.run(
        out,
        err,
        temporary,
        () -> {
          throw new AssertionError("parity needs no upscaling engine");
        },
        args);
  }
}
