package io.stablesr.restore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stablesr.core.ErrorCode;
import io.stablesr.core.FloatTensor;
import io.stablesr.core.StableSrException;
import io.stablesr.diffusion.DeepCache;
import io.stablesr.diffusion.DeepCache.Reach;
import io.stablesr.diffusion.DeepCache.Reach.Part;
import io.stablesr.diffusion.GuidanceBranch;
import io.stablesr.diffusion.GuidanceInterval;
import io.stablesr.diffusion.PhiloxNoise;
import io.stablesr.diffusion.SamplerKind;
import io.stablesr.diffusion.SamplingOptions;
import io.stablesr.diffusion.TimestepSpacing;
import io.stablesr.engine.CompileOptions;
import io.stablesr.engine.ComputeDevice;
import io.stablesr.engine.ProcessorUse;
import io.stablesr.engine.TensorEngine;
import io.stablesr.image.ColorFix;
import io.stablesr.testing.Differences;
import io.stablesr.testing.SamplingSetup;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The embedded model with deep features that are reused. */
class DeepCacheUpscalerTest {
  private static final List<GuidanceBranch> POSITIVE = List.of(GuidanceBranch.POSITIVE);
  private static final Reach KEEPING = new Reach(Part.KEEPING, 2);
  private static final Reach SHALLOW = new Reach(Part.SHALLOW, 2);

  @TempDir private static Path cache;
  private static ModelBundle bundle;
  private static TensorEngine engine;
  private static StableSr model;

  @BeforeAll
  static void load() {
    bundle = ModelBundle.open("stablesr-mini", cache);
    // Small calls run beside each other, also where one needs another network compiled.
    engine = TensorEngine.open(ComputeDevice.CPU, new ProcessorUse(2, 1, 16));
    model = StableSr.load(bundle, engine, CompileOptions.EXACT, PhiloxNoise::new, System::nanoTime);
  }

  @AfterAll
  static void close() {
    if (model != null) {
      model.close();
    }
  }

  @Test
  void anIntervalOfOneIsThePlainRunToTheBit() {
    FloatTensor plain = upscale(model, request("a", SamplerKind.DDIM, 4, DeepCache.OFF));
    FloatTensor reusing = upscale(model, request("a", SamplerKind.DDIM, 4, new DeepCache(2, 2)));
    // Now the network that also returns features is loaded.
    FloatTensor after = upscale(model, request("a", SamplerKind.DDIM, 4, new DeepCache(1, 2)));

    assertThat(after.data()).isEqualTo(plain.data());
    assertThat(reusing.data()).isNotEqualTo(plain.data());
    assertThat(Differences.maxAbs(reusing, plain)).isLessThan(0.05);
  }

  @ParameterizedTest
  @CsvSource({"DDPM, 1", "DDIM, 2", "DPM_SOLVER, 3", "UNIPC, 6"})
  void theSameRunGivesTheSameBitsAndLeavesNoTensor(SamplerKind kind, int blocks) {
    UpscaleRequest request = request("b", kind, 5, new DeepCache(2, blocks));
    FloatTensor first = upscale(model, request);

    assertThat(engine.liveTensors()).isZero();
    assertThat(upscale(model, request).data()).isEqualTo(first.data());
    assertThat(engine.liveTensors()).isZero();
  }

  @Test
  void eachTileIsEvaluatedWithItsOwnFeatures() {
    FloatTensor first = latent(1);
    FloatTensor second = latent(2);
    FloatTensor both = Batches.concatenated(List.of(first, second));
    FloatTensor later = Batches.concatenated(List.of(latent(3), latent(4)));
    try (NetworkSet networks = networks();
        PromptedDenoiser together = networks.predictor("", "", 2);
        PromptedDenoiser apart = networks.predictor("", "", 1);
        PromptedDenoiser alone = networks.predictor("", "", 1)) {
      together.predict(both, both, 700, POSITIVE, KEEPING, 0);
      apart.predict(both, both, 700, POSITIVE, KEEPING, 0);
      assertThat(engine.liveTensors()).isEqualTo(4);
      FloatTensor shared = together.predict(later, both, 500, POSITIVE, SHALLOW, 0).get(0);
      FloatTensor single = apart.predict(later, both, 500, POSITIVE, SHALLOW, 0).get(0);
      for (int tile = 1; tile >= 0; tile--) {
        FloatTensor start = Batches.split(both, 2).get(tile);
        alone.predict(start, start, 700, POSITIVE, KEEPING, 5);
        FloatTensor expected =
            alone
                .predict(Batches.split(later, 2).get(tile), start, 500, POSITIVE, SHALLOW, 5)
                .get(0);

        assertThat(Batches.split(single, 2).get(tile).data()).isEqualTo(expected.data());
        assertThat(Differences.relativeL2(Batches.split(shared, 2).get(tile), expected))
            .isLessThan(1e-5);
      }
      // At the same place in the same state nothing has aged.
      FloatTensor exact = alone.predict(first, first, 700, POSITIVE).get(0);
      assertThat(alone.predict(first, first, 700, POSITIVE, SHALLOW, 5).get(0).data())
          .isEqualTo(exact.data());
    }
    assertThat(engine.liveTensors()).isZero();
  }

  @Test
  void aTileOfWhichNothingWasKeptIsAClearError() {
    FloatTensor x = latent(1);
    try (NetworkSet networks = networks();
        PromptedDenoiser denoiser = networks.predictor("", "", 1)) {
      assertThatThrownBy(() -> denoiser.predict(x, x, 500, POSITIVE, SHALLOW, 3))
          .isInstanceOfSatisfying(
              StableSrException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INTERNAL))
          .hasMessage("Nothing was kept of tile 3; run the image again.");
    }
    assertThat(engine.liveTensors()).isZero();
  }

  @Test
  void moreBlocksThanTheUnetHasAreFoundWithoutAnImage() {
    model.check(request("c", SamplerKind.DDIM, 4, new DeepCache(2, 6)).options());

    assertThatThrownBy(
            () -> model.check(request("c", SamplerKind.DDIM, 4, new DeepCache(2, 7)).options()))
        .isInstanceOfSatisfying(
            StableSrException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CONFIG))
        .hasMessage(
            "sampling.deep-cache-blocks is 7; the UNet of this model has 6 up blocks, so it must be"
                + " in 1..6.");
  }

  @Test
  void aStepWhoseBranchesAreOthersThanBeforeIsWhole() {
    // Without a text encoder both branches see the same prompt, so guidance changes nothing.
    SamplingSetup guided =
        SamplingSetup.of(request("d", SamplerKind.DDIM, 5, DeepCache.OFF).options().sampling())
            .guidanceScale(3)
            .guidanceInterval(new GuidanceInterval(300, 700));
    UpscaleResult whole = model.upscale(request("d", guided.options()), UpscaleListener.NONE);
    UpscaleResult reusing =
        model.upscale(
            request("d", guided.deepCache(new DeepCache(5, 2)).options()), UpscaleListener.NONE);

    // 999 | 799 | 599 | 400 | 200, of which the third and fourth are guided.
    assertThat(reusing.networkCalls()).isEqualTo(7 * reusing.tiles());
    assertThat(whole.networkCalls()).isEqualTo(7 * whole.tiles());
    assertThat(Differences.maxAbs(reusing.image(), whole.image())).isBetween(1e-6, 0.05);
    assertThat(engine.liveTensors()).isZero();
  }

  @Test
  void picturesAreTheSameWhateverSharesTheirCalls() {
    try (StableSr shared =
        StableSr.load(
            bundle,
            TensorEngine.open(ComputeDevice.CPU, 1),
            CompileOptions.EXACT,
            TileSharing.ACROSS_IMAGES,
            PhiloxNoise::new,
            System::nanoTime)) {
      // Different steps and intervals: whole and shallow evaluations are wanted at the same time.
      List<UpscaleRequest> requests =
          IntStream.range(0, 6)
              .mapToObj(
                  i ->
                      request(
                          "image-" + i, SamplerKind.DDIM, 3 + i % 2, new DeepCache(1 + i % 3, 1)))
              .toList();
      List<FloatTensor> together = Concurrently.upscale(shared, requests, 3);
      for (int i = 0; i < requests.size(); i++) {
        FloatTensor expected = upscale(model, requests.get(i));
        assertThat(Differences.maxAbs(together.get(i), expected)).isLessThan(1e-4);
      }
    }
  }

  private static NetworkSet networks() {
    return new NetworkSet(
        bundle.description(),
        bundle.openWeights().weights(),
        engine,
        CompileOptions.EXACT,
        TileSharing.WITHIN_IMAGE);
  }

  private static FloatTensor upscale(StableSr model, UpscaleRequest request) {
    return model.upscale(request, UpscaleListener.NONE).image();
  }

  private static FloatTensor latent(long seed) {
    FloatTensor latent = FloatTensor.zeros(1, 4, 16, 16);
    Random random = new Random(seed);
    for (int i = 0; i < latent.size(); i++) {
      latent.data()[i] = (float) random.nextGaussian();
    }
    return latent;
  }

  private static UpscaleRequest request(
      String id, SamplerKind kind, int steps, DeepCache deepCache) {
    return request(
        id,
        SamplingSetup.of(kind, steps)
            .overlapLatents(16)
            .tileBatch(2)
            .spacing(TimestepSpacing.TRAILING)
            .deepCache(deepCache)
            .options());
  }

  private static UpscaleRequest request(String id, SamplingOptions sampling) {
    Random random = new Random(7);
    // Two tiles of the model.
    FloatTensor picture = FloatTensor.zeros(3, 180, 20);
    for (int i = 0; i < picture.size(); i++) {
      picture.data()[i] = 0.3f + 0.4f * random.nextFloat();
    }
    UpscaleOptions options =
        new UpscaleOptions(4, sampling, 1, ColorFix.WAVELET, 3, 1024, "", "", 42);
    return new UpscaleRequest(id, picture, options);
  }
}
