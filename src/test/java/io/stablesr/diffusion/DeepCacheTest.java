package io.stablesr.diffusion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stablesr.core.ErrorCode;
import io.stablesr.core.FloatTensor;
import io.stablesr.core.StableSrException;
import io.stablesr.diffusion.DeepCache.Reach;
import io.stablesr.diffusion.DeepCache.Reach.Part;
import io.stablesr.testing.SamplingSetup;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class DeepCacheTest {
  private static final Parameterization RESIDUAL = new Parameterization.LrResidual(0.2);

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "0 | 1 | sampling.deep-cache-interval is 0; it must be in 1..1000.",
        "1001 | 1 | sampling.deep-cache-interval is 1001; it must be in 1..1000.",
        "3 | 0 | sampling.deep-cache-blocks is 0; it must be 1 or more."
      })
  void impossibleValuesAreRefused(int interval, int blocks, String message) {
    assertThatThrownBy(() -> new DeepCache(interval, blocks))
        .isInstanceOfSatisfying(
            StableSrException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CONFIG))
        .hasMessage(message);
  }

  @Test
  void theFirstStepOfEveryIntervalIsWhole() {
    DeepCache third = new DeepCache(3, 2);
    List<Part> parts = new ArrayList<>();
    for (int step = 0; step < 7; step++) {
      assertThat(third.reach(step).blocks()).isEqualTo(2);
      parts.add(third.reach(step).part());
    }

    assertThat(parts)
        .containsExactly(
            Part.KEEPING,
            Part.SHALLOW,
            Part.SHALLOW,
            Part.KEEPING,
            Part.SHALLOW,
            Part.SHALLOW,
            Part.KEEPING);
    assertThat(DeepCache.OFF.active()).isFalse();
    assertThat(DeepCache.OFF.reach(5)).isEqualTo(Reach.WHOLE);
  }

  @ParameterizedTest
  @EnumSource(SamplerKind.class)
  void everySamplerReachesEveryTileEquallyDeepInEachStep(SamplerKind kind) {
    List<String> calls = new ArrayList<>();
    SamplingOptions options =
        SamplingSetup.of(kind, 4).tileBatch(4).deepCache(new DeepCache(3, 2)).options();
    FloatTensor zLr = FloatTensor.zeros(1, 4, 16, 24);

    new LatentSampler(NoiseSchedule.stableDiffusion(), RESIDUAL, 12, new Listening(calls))
        .sample(LatentRequest.of(zLr, options, new PhiloxNoise(1, "a")), SamplingListener.NONE);
    List<String> whole = List.copyOf(calls);
    calls.clear();
    new LatentSampler(NoiseSchedule.stableDiffusion(), RESIDUAL, 12, new Listening(calls))
        .sampleInBands(
            LatentRequest.of(zLr, options, new PhiloxNoise(1, "a")), SamplingListener.NONE);

    // 2 x 4 tiles of 12 latents that overlap by 8.
    assertThat(whole)
        .containsExactly(
            "KEEPING 2 from 0: 4",
            "KEEPING 2 from 4: 4",
            "SHALLOW 2 from 0: 4",
            "SHALLOW 2 from 4: 4",
            "SHALLOW 2 from 0: 4",
            "SHALLOW 2 from 4: 4",
            "KEEPING 2 from 0: 4",
            "KEEPING 2 from 4: 4");
    assertThat(calls).isEqualTo(whole);
  }

  @Test
  void aPredictorThatKeepsNothingSaysSo() {
    SamplingOptions options =
        SamplingSetup.of(SamplerKind.DDIM, 4).deepCache(new DeepCache(2, 1)).options();
    LatentSampler sampler =
        new LatentSampler(
            NoiseSchedule.stableDiffusion(), RESIDUAL, 12, (x, zLr, t, branches) -> List.of(x));
    LatentRequest request =
        LatentRequest.of(FloatTensor.zeros(1, 4, 8, 8), options, new PhiloxNoise(1, "a"));

    assertThatThrownBy(() -> sampler.sample(request, SamplingListener.NONE))
        .isInstanceOfSatisfying(
            StableSrException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INTERNAL))
        .hasMessage(
            "This predictor keeps no features between steps; set sampling.deep-cache-interval to"
                + " 1.");
  }

  /** Remembers how deep which tiles were asked for. */
  record Listening(List<String> calls) implements TilePredictor {
    @Override
    public List<FloatTensor> predict(
        FloatTensor x, FloatTensor zLr, int timestep, List<GuidanceBranch> branches) {
      return predict(x, zLr, timestep, branches, Reach.WHOLE, 0);
    }

    @Override
    public List<FloatTensor> predict(
        FloatTensor x,
        FloatTensor zLr,
        int timestep,
        List<GuidanceBranch> branches,
        Reach reach,
        int firstTile) {
      calls.add("%s %d from %d: %d".formatted(reach.part(), reach.blocks(), firstTile, x.dim(0)));
      return List.of(x);
    }
  }
}
