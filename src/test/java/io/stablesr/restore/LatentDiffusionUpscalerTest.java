package io.stablesr.restore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.stablesr.checkpoint.Checkpoint;
import io.stablesr.checkpoint.Weights;
import io.stablesr.core.ErrorCode;
import io.stablesr.core.FloatTensor;
import io.stablesr.core.StableSrException;
import io.stablesr.diffusion.DeepCache;
import io.stablesr.diffusion.FlatTiles;
import io.stablesr.diffusion.NoiseDraw;
import io.stablesr.diffusion.PhiloxNoise;
import io.stablesr.diffusion.SamplerKind;
import io.stablesr.diffusion.StartPoint;
import io.stablesr.diffusion.Window;
import io.stablesr.engine.CompileOptions;
import io.stablesr.engine.CompiledNetwork;
import io.stablesr.engine.ComputeDevice;
import io.stablesr.engine.TensorEngine;
import io.stablesr.engine.TensorScope;
import io.stablesr.network.Graphs;
import io.stablesr.network.Graphs.Extent;
import io.stablesr.network.LatentDiffusionSr;
import io.stablesr.testing.Differences;
import io.stablesr.testing.LatentDiffusionFile;
import io.stablesr.testing.SamplingSetup;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Latent diffusion on pictures of any size, against its parts computed by hand. */
class LatentDiffusionUpscalerTest {
  private static final double LEVEL = 1.0 / 255;
  private static final int UNTILED = 1 << 20;

  @TempDir private Path folder;
  private Path file;

  @BeforeEach
  void writeWeights() {
    file =
        LatentDiffusionFile.write(
            folder.resolve("narrow.safetensors"), LatentDiffusionFile.weights());
  }

  private static UpscaleResult run(
      Upscaler upscaler, String id, FloatTensor picture, UpscaleOptions options) {
    return upscaler.upscale(new UpscaleRequest(id, picture, options), UpscaleListener.NONE);
  }

  private LatentDiffusionUpscaler open(TensorEngine engine, TileSharing sharing) {
    return new LatentDiffusionUpscaler(
        "narrow",
        engine,
        new LatentDiffusionNetworks(
            engine, LatentDiffusionWeights.open(file), CompileOptions.EXACT, sharing),
        PhiloxNoise::new,
        System::nanoTime);
  }

  @Test
  void oneStepIsWhatTheFormulasSay() {
    FloatTensor picture = NetworkSamples.picture(16, 24, 1);
    UpscaleOptions options = LatentDiffusionSamples.options(1, 1, 4, UNTILED);
    FloatTensor result;
    try (Upscaler upscaler = new MethodFactory().open(LatentDiffusionSamples.settings(file))) {
      result = run(upscaler, "a", picture, options).image();
    }
    assertThat(result.shape()).containsExactly(3, 64, 96);

    double product = 1;
    for (int t = 0; t < 1000; t++) {
      double root = Math.sqrt(0.0015) + t * (Math.sqrt(0.0155) - Math.sqrt(0.0015)) / 999;
      product *= 1 - root * root;
    }
    FloatTensor noise = new PhiloxNoise(42, "a").normal(NoiseDraw.START, 3, Window.whole(16, 24));
    FloatTensor condition = picture.copy();
    for (int i = 0; i < condition.size(); i++) {
      condition.data()[i] = 2 * condition.data()[i] - 1;
    }
    FloatTensor latent = FloatTensor.zeros(1, 3, 16, 24);
    try (TensorEngine engine = TensorEngine.open(ComputeDevice.CPU, 1);
        Checkpoint checkpoint = Checkpoint.open(file);
        TensorScope scope = engine.scope()) {
      Weights weights = Weights.of(checkpoint);
      FloatTensor eps;
      try (CompiledNetwork unet =
          engine.compile(
              LatentDiffusionFile.NARROW.denoiser(Extent.TILE), weights, CompileOptions.EXACT)) {
        eps =
            unet.run(
                    scope,
                    Map.of(
                        "x", scope.upload(noise),
                        "z", scope.upload(condition.reshape(1, 3, 16, 24)),
                        "t", scope.upload(new float[] {999}, 1)))
                .get("out")
                .download();
      }
      for (int i = 0; i < latent.size(); i++) {
        double x0 = (noise.data()[i] - Math.sqrt(1 - product) * eps.data()[i]) / Math.sqrt(product);
        latent.data()[i] = (float) x0;
      }
      FloatTensor codes =
          weights.get(LatentDiffusionSr.FIRST_STAGE + LatentDiffusionSr.CODEBOOK).toFloats();
      FloatTensor decoded;
      try (CompiledNetwork decoder =
          engine.compile(
              LatentDiffusionFile.NARROW.decoder().decoder(Extent.TILE, Graphs.CFW_SCOPE),
              weights.below(LatentDiffusionSr.FIRST_STAGE),
              CompileOptions.EXACT)) {
        decoded =
            decoder
                .run(scope, Map.of("latent", scope.upload(LatentCodesTest.nearest(latent, codes))))
                .get("picture")
                .download();
      }
      double largest = 0;
      for (int i = 0; i < result.size(); i++) {
        double expected = Math.max(0, Math.min(1, (decoded.data()[i] + 1) / 2));
        largest = Math.max(largest, Math.abs(expected - result.data()[i]));
      }
      assertThat(largest).isLessThan(LEVEL / 50);
    }
  }

  @Test
  void theUnetSeesTheLatentFirstAndThenThePicture() {
    FloatTensor x = NetworkSamples.picture(8, 8, 2).reshape(1, 3, 8, 8);
    FloatTensor z = NetworkSamples.picture(8, 8, 3).reshape(1, 3, 8, 8);
    String first = "model.diffusion_model.input_blocks.0.0";
    FloatTensor found;
    try (TensorEngine engine = TensorEngine.open(ComputeDevice.CPU, 1);
        Checkpoint checkpoint = Checkpoint.open(file);
        CompiledNetwork unet =
            engine.compile(
                LatentDiffusionFile.NARROW.denoiser(Extent.TILE).withTaps(List.of(first)),
                Weights.of(checkpoint),
                CompileOptions.EXACT);
        TensorScope scope = engine.scope()) {
      found =
          unet.run(
                  scope,
                  Map.of(
                      "x", scope.upload(x),
                      "z", scope.upload(z),
                      "t", scope.upload(new float[] {500}, 1)))
              .get(first)
              .download();
    }
    Map<String, FloatTensor> weights = LatentDiffusionFile.weights();
    float[] kernel = weights.get(first + ".weight").data();
    float[] bias = weights.get(first + ".bias").data();
    for (int out = 0; out < 32; out++) {
      for (int row = 0; row < 8; row++) {
        for (int column = 0; column < 8; column++) {
          double sum = bias[out];
          for (int in = 0; in < 6; in++) {
            FloatTensor source = in < 3 ? x : z;
            for (int dy = -1; dy <= 1; dy++) {
              for (int dx = -1; dx <= 1; dx++) {
                int y = row + dy;
                int c = column + dx;
                if (y >= 0 && y < 8 && c >= 0 && c < 8) {
                  sum +=
                      kernel[((out * 6 + in) * 3 + dy + 1) * 3 + dx + 1]
                          * (double) source.data()[(in % 3 * 8 + y) * 8 + c];
                }
              }
            }
          }
          assertThat((double) found.data()[(out * 8 + row) * 8 + column])
              .isEqualTo(sum, within(1e-5));
        }
      }
    }
  }

  @Test
  void resultsDependOnSeedAndImageButNotOnBatchesOrCompany() throws Exception {
    FloatTensor picture = NetworkSamples.picture(70, 90, 4);
    FloatTensor other = NetworkSamples.picture(70, 90, 5);
    UpscaleOptions single = LatentDiffusionSamples.options(3, 1, 4, UNTILED);
    UpscaleOptions batched = LatentDiffusionSamples.options(3, 4, 4, UNTILED);
    TensorEngine engine = TensorEngine.open(ComputeDevice.CPU, 1);
    try (Upscaler upscaler = open(engine, TileSharing.ACROSS_IMAGES)) {
      UpscaleResult first = run(upscaler, "a", picture, single);
      assertThat(first.tiles()).isEqualTo(4);
      assertThat(first.networkCalls()).isEqualTo(12);
      assertThat(first.image().shape()).containsExactly(3, 280, 360);
      assertThat(first.stageMillis()).containsOnlyKeys("sample", "vae-decode");
      assertThat(Differences.maxAbs(run(upscaler, "a", picture, single).image(), first.image()))
          .isZero();
      assertThat(Differences.maxAbs(run(upscaler, "a", picture, batched).image(), first.image()))
          .isLessThan(LEVEL);
      assertThat(Differences.maxAbs(run(upscaler, "b", picture, single).image(), first.image()))
          .isGreaterThan(10 * LEVEL);

      ExecutorService threads = Executors.newFixedThreadPool(2);
      try {
        Future<UpscaleResult> one = threads.submit(() -> run(upscaler, "a", picture, batched));
        Future<UpscaleResult> two = threads.submit(() -> run(upscaler, "b", other, batched));
        assertThat(Differences.maxAbs(one.get().image(), first.image())).isLessThan(LEVEL);
        assertThat(Differences.maxAbs(two.get().image(), run(upscaler, "b", other, single).image()))
            .isLessThan(LEVEL);
      } finally {
        threads.shutdown();
      }
      assertThat(engine.liveTensors()).isZero();
    }
  }

  @Test
  void tilesOfTheDecoderGiveWhatTheWholeGives() {
    FloatTensor picture = NetworkSamples.picture(61, 75, 6);
    TensorEngine engine = TensorEngine.open(ComputeDevice.CPU, 1);
    try (Upscaler upscaler = open(engine, TileSharing.WITHIN_IMAGE)) {
      FloatTensor whole =
          run(upscaler, "a", picture, LatentDiffusionSamples.options(2, 1, 4, UNTILED)).image();
      FloatTensor tiled =
          run(upscaler, "a", picture, LatentDiffusionSamples.options(2, 1, 4, 160)).image();
      assertThat(tiled.shape()).containsExactly(3, 244, 300);
      assertThat(Differences.maxAbs(tiled, whole)).isLessThan(LEVEL);
      assertThat(
              run(upscaler, "a", picture, LatentDiffusionSamples.options(2, 1, 2.5, 160))
                  .image()
                  .shape())
          .containsExactly(3, 153, 188);
      assertThat(
              run(
                      upscaler,
                      "a",
                      NetworkSamples.picture(1, 3, 7),
                      LatentDiffusionSamples.options(2, 1, 4, UNTILED))
                  .image()
                  .shape())
          .containsExactly(3, 4, 12);
      assertThat(engine.liveTensors()).isZero();
    }
  }

  @Test
  void optionsItCannotFollowAreRefused() {
    try (Upscaler upscaler = new MethodFactory().open(LatentDiffusionSamples.settings(file))) {
      upscaler.check(LatentDiffusionSamples.options(100, 4, 4, 1024));
      SamplingSetup fromInput = SamplingSetup.of(SamplerKind.DDIM, 4).start(StartPoint.LR_LATENT);
      refused(
          upscaler,
          LatentDiffusionSamples.options(fromInput, 4, 1024),
          "sampling.start is lr-latent; with model.method ldm it must be pure-noise");
      SamplingSetup guided =
          SamplingSetup.of(SamplerKind.DDIM, 4).start(StartPoint.PURE_NOISE).guidanceScale(3);
      refused(
          upscaler,
          LatentDiffusionSamples.options(guided, 4, 1024),
          "sampling.guidance-scale is 3.0; with model.method ldm it must be 1");
      SamplingSetup reusing =
          SamplingSetup.of(SamplerKind.DDIM, 4)
              .start(StartPoint.PURE_NOISE)
              .deepCache(new DeepCache(3, 1));
      refused(
          upscaler,
          LatentDiffusionSamples.options(reusing, 4, 1024),
          "sampling.deep-cache-interval is 3; with model.method ldm it must be 1");
      SamplingSetup flat =
          SamplingSetup.of(SamplerKind.DDIM, 4)
              .start(StartPoint.PURE_NOISE)
              .flatTiles(new FlatTiles(0.1));
      refused(
          upscaler,
          LatentDiffusionSamples.options(flat, 4, 1024),
          "sampling.flat-tile-roughness is 0.1; with model.method ldm it must be 0");
      SamplingSetup wide =
          SamplingSetup.of(SamplerKind.DDIM, 4).start(StartPoint.PURE_NOISE).overlapLatents(64);
      refused(
          upscaler,
          LatentDiffusionSamples.options(wide, 4, 1024),
          "sampling.overlap-latents is 64; with tiles of 64 latents it must be in 0..63.");
    }
  }

  private static void refused(Upscaler upscaler, UpscaleOptions options, String message) {
    assertThatThrownBy(() -> upscaler.check(options))
        .isInstanceOfSatisfying(
            StableSrException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CONFIG))
        .hasMessageContaining(message);
  }

  @Test
  void costsCountStepsTilesAndTheHeap() {
    CostModel costs = new MethodFactory().costs(LatentDiffusionSamples.settings(file), 4L << 30);
    LatentDiffusionSr network = LatentDiffusionFile.NARROW;
    double tile = network.denoiser(Extent.TILE).cost().flops();
    ImageCost one = costs.cost(64, 64, LatentDiffusionSamples.options(10, 1, 4, UNTILED));
    assertThat(one.denoiserFlops()).isCloseTo(10 * tile, Percentage.withPercentage(0.1));
    assertThat(one.autoencoderFlops())
        .isCloseTo(
            (double) network.decoder().decoder(Extent.TILE, Graphs.CFW_SCOPE).cost().flops(),
            Percentage.withPercentage(0.1));
    ImageCost more = costs.cost(128, 64, LatentDiffusionSamples.options(10, 1, 4, 160));
    assertThat(more.tiles()).isEqualTo(3);
    assertThat(more.evaluations()).isEqualTo(30);
    assertThat(more.denoiserFlops()).isCloseTo(30 * tile, Percentage.withPercentage(0.1));
    assertThat(more.autoencoderFlops()).isGreaterThan(7 * one.autoencoderFlops());
    assertThat(costs.parameters()).isGreaterThan(network.denoiser(Extent.TILE).parameterCount());
    assertThatThrownBy(() -> costs.cost(4000, 3000, LatentDiffusionSamples.options(10, 1, 4, 1024)))
        .isInstanceOfSatisfying(
            StableSrException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.IMAGE_TOO_LARGE))
        .hasMessageContaining(
            "A result of 192000000 pixels, decoded at 192000000, needs a heap of");
  }
}
