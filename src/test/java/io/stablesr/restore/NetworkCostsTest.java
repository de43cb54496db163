package io.stablesr.restore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.stablesr.core.ErrorCode;
import io.stablesr.core.FloatTensor;
import io.stablesr.core.StableSrException;
import io.stablesr.job.SettingKeys;
import io.stablesr.job.Settings;
import io.stablesr.job.SettingsLayer;
import io.stablesr.job.SettingsReader;
import io.stablesr.network.Architecture;
import io.stablesr.network.Graphs;
import io.stablesr.network.Graphs.Extent;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NetworkCostsTest {
  private static final ModelSettings MINI =
      new ModelSettings("stablesr-mini", ModelDtype.FP32, "cpu", 2);
  private static final CostModel COSTS = new StableSrFactory().costs(MINI, 8L << 30);

  @ParameterizedTest
  @CsvSource({"64, 64", "40, 64", "96, 160"})
  void aCurveGivesTheRecordersCountAtAnySize(int height, int width) {
    Graphs graphs = new Graphs(Architecture.OFFICIAL);
    Extent extent = new Extent(1, height, width);

    FlopCurve denoiser = FlopCurve.of(s -> graphs.denoiser(new Extent(1, s, s)), 8);
    FlopCurve encoder = FlopCurve.of(s -> graphs.encoder(new Extent(1, s, s), Graphs.CFW_SCOPE), 8);

    double latents = (double) height * width;
    double denoiserFlops = graphs.denoiser(extent).cost().flops();
    double encoderFlops = graphs.encoder(extent, Graphs.CFW_SCOPE).cost().flops();
    assertThat(denoiser.at(latents)).isCloseTo(denoiserFlops, within(1e-9 * denoiserFlops));
    assertThat(encoder.at(latents)).isCloseTo(encoderFlops, within(1e-9 * encoderFlops));
  }

  @Test
  void tilesAndEvaluationsAreThoseOfTheEngine() {
    UpscaleOptions options = options(Map.of("sampling.steps", "1"));
    UpscaleResult result;
    try (Upscaler model = new StableSrFactory().open(MINI)) {
      result =
          model.upscale(
              new UpscaleRequest("x", FloatTensor.zeros(3, 20, 200), options), (done, total) -> {});
    }

    ImageCost cost = COSTS.cost(200, 20, options);

    assertThat(cost.tiles()).isEqualTo(result.tiles()).isGreaterThan(1);
    assertThat(cost.evaluations()).isEqualTo(result.networkCalls());
    assertThat(cost.outputPixels()).isEqualTo((long) result.image().dim(1) * result.image().dim(2));
  }

  @Test
  void theCostFollowsStepsGuidanceAndSize() {
    ImageCost plain = COSTS.cost(1000, 800, options(Map.of("sampling.steps", "4")));
    ImageCost steps = COSTS.cost(1000, 800, options(Map.of("sampling.steps", "8")));
    ImageCost guided =
        COSTS.cost(
            1000, 800, options(Map.of("sampling.steps", "4", "sampling.guidance-scale", "3")));
    ImageCost wide = COSTS.cost(2000, 800, options(Map.of("sampling.steps", "4")));

    assertThat(plain.tiles()).isGreaterThan(1);
    assertThat(steps.denoiserFlops()).isCloseTo(2 * plain.denoiserFlops(), within(1.0));
    assertThat(steps.autoencoderFlops()).isEqualTo(plain.autoencoderFlops());
    assertThat(guided.evaluations()).isEqualTo(2 * plain.evaluations());
    assertThat(guided.denoiserFlops() / plain.denoiserFlops()).isBetween(1.3, 2.0);
    assertThat(wide.flops() / plain.flops()).isBetween(1.7, 2.3);
    assertThat(wide.hostBytes() / (double) plain.hostBytes()).isBetween(1.9, 2.1);
    assertThat(plain.deviceBytes()).isGreaterThan(1 << 20);
  }

  @Test
  void stepsThatReuseDeepFeaturesCostTheLastBlocksAlone() {
    ImageCost plain = COSTS.cost(1000, 800, options(Map.of("sampling.steps", "10")));
    ImageCost reusing =
        COSTS.cost(
            1000,
            800,
            options(
                Map.of(
                    "sampling.steps",
                    "10",
                    "sampling.deep-cache-interval",
                    "3",
                    "sampling.deep-cache-blocks",
                    "2")));
    Graphs graphs =
        new Graphs(
            ModelBundle.open("src/main/resources/models/stablesr-mini", Path.of("target"))
                .description()
                .architecture());
    Extent tile = new Extent(1, 160, 160);
    double whole = graphs.denoiser(tile).cost().flops();
    double shallow = graphs.shallowDenoiser(tile, 2).cost().flops();

    double expected = plain.tiles() * (4 * whole + 6 * shallow);
    assertThat(reusing.denoiserFlops()).isCloseTo(expected, within(1e-6 * expected));
    assertThat(reusing.evaluations()).isEqualTo(plain.evaluations());
    assertThat(reusing.hostBytes()).isEqualTo(plain.hostBytes());
    // Two times 64 channels at full resolution, for each tile and once more for a call.
    long kept = 4L * 128 * tile.latentHeight() * tile.latentWidth() * (plain.tiles() + 4);
    long copies = 4 * graphs.shallowDenoiser(tile, 2).parameterCount();
    assertThat(reusing.deviceBytes()).isEqualTo(plain.deviceBytes() + kept + copies);
  }

  @Test
  void stepsOutsideOfTheIntervalCostOneBranch() {
    Map<String, String> settings =
        Map.of(
            "sampling.steps", "4", "sampling.spacing", "linspace", "sampling.guidance-scale", "3");
    ImageCost plain =
        COSTS.cost(
            1000, 800, options(Map.of("sampling.steps", "4", "sampling.spacing", "linspace")));
    ImageCost guided = COSTS.cost(1000, 800, options(settings));
    Map<String, String> limited = new HashMap<>(settings);
    // Visited are 0, 333, 666 and 999.
    limited.put("sampling.guidance-from-timestep", "300");
    limited.put("sampling.guidance-to-timestep", "400");
    ImageCost quarter = COSTS.cost(1000, 800, options(limited));
    limited.put("sampling.guidance-from-timestep", "400");
    ImageCost none = COSTS.cost(1000, 800, options(limited));

    double more = guided.denoiserFlops() - plain.denoiserFlops();
    assertThat(quarter.evaluations()).isEqualTo(5 * plain.tiles());
    assertThat(quarter.denoiserFlops())
        .isCloseTo(plain.denoiserFlops() + more / 4, within(1e-9 * plain.denoiserFlops()));
    assertThat(quarter.deviceBytes()).isEqualTo(guided.deviceBytes());
    assertThat(none).isEqualTo(plain);
  }

  @Test
  void moreBlocksThanTheUnetHasHaveNoCost() {
    UpscaleOptions options =
        options(Map.of("sampling.deep-cache-interval", "2", "sampling.deep-cache-blocks", "9"));

    assertThatThrownBy(() -> COSTS.cost(40, 30, options))
        .isInstanceOfSatisfying(
            StableSrException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CONFIG))
        .hasMessage(
            "sampling.deep-cache-blocks is 9; the UNet of this model has 6 up blocks, so it must be"
                + " in 1..6.");
  }

  @Test
  void anImageThatTheEngineRefusesIsRefused() {
    assertThatThrownBy(() -> COSTS.cost(30_000, 20_000, options(Map.of())))
        .isInstanceOfSatisfying(
            StableSrException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.IMAGE_TOO_LARGE));
  }

  @Test
  void theDenoiserIsTimedOnThisMachine() {
    try (Upscaler model = new StableSrFactory().open(MINI)) {
      assertThat(model.measureGflopsPerSecond().orElseThrow()).isBetween(0.01, 1e6);
    }
  }

  private static UpscaleOptions options(Map<String, String> settings) {
    return SettingsReader.upscale(
        Settings.of(
                SettingKeys.reference(),
                List.of(SettingsLayer.ofCommandLine(settings)),
                bundle -> new StableSrFactory().describe(bundle).defaults())
            .values());
  }
}
