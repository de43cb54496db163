package io.stablesr.sweep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stablesr.FakeEngine;
import io.stablesr.SharedFolder;
import io.stablesr.core.StableSrException;
import io.stablesr.job.SettingKeys;
import io.stablesr.job.SettingsLayer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SweepPlannerTest {
  @TempDir private Path folder;

  private static final String SETS = "sweep.data-sets.one.path = in\n";

  private SweepFile read(String text) throws IOException {
    Path file = folder.resolve("sweep.conf");
    Files.writeString(file, text);
    return SweepFileReader.read(file);
  }

  private List<SweepConfiguration> plan(String text, Map<String, String> typed) throws IOException {
    return new SweepPlanner(
            SettingKeys.reference(),
            new FakeEngine(),
            read(text),
            List.of(SettingsLayer.ofCommandLine(typed)),
            List.of())
        .plan();
  }

  @Test
  void aPointThatCannotBeIsNamedWithItsGrid() {
    assertThatThrownBy(
            () ->
                plan(
                    SETS
                        + """
                        sweep.settings.upscale.pre-clean = auto
                        sweep.grids.methods { model.method = [stablesr, bicubic] }
                        """,
                    Map.of()))
        .hasMessageStartingWith(
            "The grid methods with {model.method=bicubic} cannot be: upscale.pre-clean is auto, but model.method is bicubic; ");
  }

  @Test
  void gridsAreMultipliedAndEqualConfigurationsAreOne() throws IOException {
    List<SweepConfiguration> plan =
        plan(
            SETS
                + """
                sweep.settings.sampling.steps = 4
                sweep.grids {
                  main { upscale.seed = [1, 2] }
                  w { upscale { fusion-weight = [0, 0.5, 1.0], seed = [1, 2] } }
                  steps { sampling.steps = [4, 8], upscale.seed = 1 }
                }
                sweep.baselines = [bicubic]
                sweep.external.other.one = results
                """,
            Map.of());

    assertThat(plan.stream().map(SweepConfiguration::text))
        .containsExactly(
            "fusion-weight=0.5 steps=4 seed=1",
            "fusion-weight=0.5 steps=4 seed=2",
            "fusion-weight=0 steps=4 seed=1",
            "fusion-weight=0 steps=4 seed=2",
            "fusion-weight=1 steps=4 seed=1",
            "fusion-weight=1 steps=4 seed=2",
            "fusion-weight=0.5 steps=8 seed=1",
            "bicubic",
            "other");
    assertThat(plan.stream().map(SweepConfiguration::id).distinct()).hasSize(9);
    assertThat(plan.stream().map(SweepConfiguration::groupId).distinct()).hasSize(6);
    assertThat(plan.get(0).grids()).containsExactlyInAnyOrder("main", "w", "steps");
    assertThat(plan.get(0).groupId()).isEqualTo(plan.get(1).groupId());
  }

  @Test
  void theCommandLineLiesBetweenFileAndGrids() throws IOException {
    String text =
        SETS
            + """
            sweep.settings { sampling.steps = 4, upscale.scale = 2 }
            sweep.grids.w { upscale.fusion-weight = [0, 1] }
            sweep.baselines = [bicubic]
            """;
    List<SweepConfiguration> plan =
        plan(text, Map.of("sampling.steps", "3", "upscale.fusion-weight", "0.7"));

    assertThat(plan.get(0).parameters())
        .containsEntry("sampling.steps", "3")
        .containsEntry("upscale.fusion-weight", "0.0")
        .containsEntry("upscale.scale", "2.0");
    assertThat(plan.get(2).parameters())
        .containsEntry("model", "bicubic@pillow-1")
        .containsEntry("upscale.scale", "2.0")
        .doesNotContainKey("sampling.steps");
    // What a baseline does not use does not make it another one.
    assertThat(plan.get(2).id()).isEqualTo(plan(text, Map.of()).get(2).id());
  }

  @Test
  void networksAreBaselinesWithWeightsAndTakeTheDeviceOfAll() throws IOException {
    String weights = SharedFolder.path("thirdparty/realesr-general-x4v3.bin").toString();
    String text =
        SETS
            + """
            sweep.settings { model.threads = 1, upscale.vae-tile-pixels = 512 }
            sweep.networks.compact { method = realesrgan, weights = "%s" }
            sweep.tables.t { title = T, methods = [compact] }
            """
                .formatted(weights);
    List<SweepConfiguration> plan = plan(text, Map.of());

    assertThat(plan).hasSize(1);
    SweepConfiguration compact = plan.get(0);
    assertThat(compact.kind()).isEqualTo(SweepConfiguration.Kind.BASELINE);
    assertThat(compact.label()).isEqualTo("compact");
    assertThat(compact.parameters().get("model"))
        .matches("realesrgan:realesr-general-x4v3@[0-9a-f]{64}");
    assertThat(compact.parameters()).containsEntry("model.dtype", "FP32");
    assertThat(compact.settings().orElseThrow().getInt("model.threads")).isEqualTo(1);
    assertThat(compact.settings().orElseThrow().getInt("upscale.vae-tile-pixels")).isEqualTo(512);

    String sampled =
        SETS
            + "sweep.networks.ldm { method = ldm, weights = \"%s\", steps = 20, seed = 7 }"
                .formatted(weights);
    assertThat(plan(sampled, Map.of()).get(0).parameters())
        .containsEntry("sampling.sampler", "DDIM")
        .containsEntry("sampling.steps", "20")
        .containsEntry("sampling.eta", "1.0")
        .containsEntry("upscale.seed", "7");
    assertThat(compact.parameters()).doesNotContainKey("sampling.steps");
    expect(
        SETS + "sweep.networks.x { method = swinir, weights = a, eta = 1 }",
        "sweep.networks.x.eta is for the method ldm; swinir does not sample.");

    expect(SETS + "sweep.networks.x { method = swinir }", "sweep.networks.x needs method");
    expect(
        SETS + "sweep.networks.x { method = swinir, weight = a }",
        "Key 'sweep.networks.x.weight' in",
        "'sweep.networks.x.weights'");
    expect(
        SETS + "sweep.networks.x { method = swin, weights = a }",
        "model.method is 'swin'; it must be stablesr or bicubic or lanczos or realesrgan");
  }

  @Test
  void theFileOfThePaperIsWholeAndEveryGridHasItsTable() {
    SweepFile file = SweepFileReader.read(Path.of("jobs/benchmark-paper.conf"));
    List<SweepConfiguration> plan =
        new SweepPlanner(SettingKeys.reference(), new FakeEngine(), file, List.of(), List.of())
            .plan();

    // 1 of the main comparison, 4 more weights, 2 more corrections, 7 more of guidance, 2
    // baselines.
    assertThat(plan).hasSize(16);
    assertThat(plan.get(0).text())
        .isEqualTo("prompt=\"\" fusion-weight=0.5 color-fix=adain guidance-scale=1 seed=42");
    assertThat(plan.get(0).grids())
        .containsExactlyInAnyOrder("main", "fusion", "colour", "guidance");
    assertThat(file.tables().stream().flatMap(table -> table.grids().stream()))
        .contains("main", "fusion", "colour", "guidance");
    String tables =
        ComparisonTables.render(file.tables(), List.of(), plan, PublishedFigures.read());
    assertThat(tables)
        .containsPattern("realsr +StableSR-200 +published +24.70 +0.7085 +0.3018")
        .containsPattern("StableSR turbo-4 +published +0.83 +- +- +StableSR paper; V100");
  }

  @Test
  void mistakesAreOneSentence() {
    expect(SETS + "sweep.grid.w { }", "Key 'sweep.grid' in", "nearest known key is 'sweep.grids'");
    expect(SETS + "swep.limit = 1", "Block 'swep' in", "outside of the block 'sweep");
    expect("sweep.limit = 3", "sweep.data-sets is empty");
    expect(SETS + "sweep.limit = -1", "sweep.limit is -1; it must be 0 (all) or more");
    expect("sweep.data-sets.one { optional = true }", "data set one needs either path or low");
    expect(SETS, "nothing to do");
    expect(SETS + "sweep.baselines = [bilinear]", "has 'bilinear'; there are bicubic and lanczos");
    expect(
        SETS + "sweep.grids.w.upscale.fusion-wait = [1]",
        "Setting 'upscale.fusion-wait' (grid w) is unknown",
        "'upscale.fusion-weight'");
    expect(SETS + "sweep.grids.w.upscale.fusion-weight = [0, 2]", "fusion-weight");
    expect(SETS + "sweep.grids.w.sampling.steps = [a]", "must be a whole number");
    expect(
        SETS + "sweep.grids.w.job.partitions = [1, 2]",
        "The grid w varies job.partitions, which does not change pictures");
    expect(SETS + "sweep.settings.output.format = jpeg", "The block output (sweep.settings)");
    expect(SETS + "sweep.metrics.names = [psnrr]", "has 'psnrr', which is no metric", "'psnr'");
    expect(SETS + "sweep.metrics.names = [fid]", "has fid, which looks at more than one result");
    expect(
        SETS + "sweep.metrics.names = [seed-disagreement]",
        "has seed-disagreement, which looks at more");
    expect(SETS + "sweep.metrics { tile = 64, tile-overlap = 64 }", "Tiles of 64 pixels");
    expect(
        SETS + "sweep { baselines = [bicubic], tables.t { title = T, methods = [lanczos] } }",
        "The table 'T' asks for the method 'lanczos'; there are: bicubic.");
    expect(
        SETS + "sweep { baselines = [bicubic], tables.t.columns = [niqe-free] }",
        "asks for the column 'niqe-free'");
    expect(SETS + "sweep.external.other.two = x", "names the data set 'two'");
    expect(
        SETS + "sweep.baselines = [bicubic], sweep.external.bicubic.one = x",
        "Two methods are called 'bicubic'");
  }

  private void expect(String text, String... parts) {
    assertThatThrownBy(() -> plan(text, Map.of()))
        .isInstanceOf(StableSrException.class)
        .message()
        .contains(parts);
  }
}
