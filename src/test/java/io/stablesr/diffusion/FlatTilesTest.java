package io.stablesr.diffusion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.stablesr.core.ErrorCode;
import io.stablesr.core.FloatTensor;
import io.stablesr.core.StableSrException;
import io.stablesr.testing.Differences;
import io.stablesr.testing.SamplingSetup;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class FlatTilesTest {
  private static final NoiseSchedule SCHEDULE = NoiseSchedule.stableDiffusion();
  private static final int TILE = 12;
  private static final FlatTiles FLAT = new FlatTiles(0.05);

  /** Half of its columns are one value, the others noise: {@code [1,4,12,width]}. */
  private static FloatTensor halfFlat(int width) {
    SplittableRandom random = new SplittableRandom(3);
    FloatTensor latent = FloatTensor.zeros(1, 4, TILE, width);
    for (int i = 0; i < latent.size(); i++) {
      latent.data()[i] = i % width < width / 2 ? 0.7f : (float) random.nextGaussian();
    }
    return latent;
  }

  /** Remembers the roughness of every tile that it was asked for. */
  private record Listening(List<Double> seen) implements TilePredictor {
    @Override
    public List<FloatTensor> predict(
        FloatTensor x, FloatTensor zLr, int timestep, List<GuidanceBranch> branches) {
      for (int b = 0; b < zLr.dim(0); b++) {
        seen.add(FlatTiles.roughnessOf(Tiles.crop(zLr, b, Window.whole(zLr.dim(2), zLr.dim(3)))));
      }
      return branches.stream().map(branch -> Elementwise.plusScaled(x, 0.3f, zLr)).toList();
    }
  }

  private static Stream<Arguments> ways() {
    List<Arguments> ways = new ArrayList<>();
    for (SamplerKind kind : SamplerKind.values()) {
      for (Parameterization parameterization :
          List.of(
              new Parameterization.Eps(),
              new Parameterization.V(),
              new Parameterization.LrResidual(0.2))) {
        ways.add(Arguments.of(kind, parameterization));
      }
    }
    return ways.stream();
  }

  @ParameterizedTest
  @MethodSource("ways")
  void flatTilesKeepTheirLatentAndAreNeverEvaluated(
      SamplerKind kind, Parameterization parameterization) {
    FloatTensor zLr = halfFlat(52);
    SamplingOptions options =
        SamplingSetup.of(kind, 5)
            .overlapLatents(4)
            .tileBatch(2)
            .guidanceScale(2)
            .flatTiles(FLAT)
            .options();
    List<Double> seen = new ArrayList<>();
    LatentSampler sampler =
        new LatentSampler(SCHEDULE, parameterization, TILE, new Listening(seen));
    LatentRequest request = LatentRequest.of(zLr, options, new PhiloxNoise(1, "a"));

    List<Integer> totals = new ArrayList<>();
    FloatTensor sampled =
        sampler.sample(
            request,
            new SamplingListener() {
              @Override
              public void tilesDone(int done, int total) {
                totals.add(total);
              }
            });

    // Tiles begin at 0, 8, 16, ..., 40; the first two lie in the flat half alone.
    assertThat(seen).allMatch(roughness -> roughness >= 0.05).hasSize(5 * 4);
    assertThat(totals).containsOnly(5 * 4 * 2);
    assertThat(sampler.count(zLr, options)).isEqualTo(new TileCount(6, 5 * 4 * 2));
    Window alone = new Window(0, 0, TILE, 16);
    assertThat(Differences.maxAbs(Tiles.crop(sampled, 0, alone), Tiles.crop(zLr, 0, alone)))
        .isLessThan(1e-4);
    Window rough = new Window(0, 28, TILE, 24);
    assertThat(Differences.maxAbs(Tiles.crop(sampled, 0, rough), Tiles.crop(zLr, 0, rough)))
        .isGreaterThan(0.1);
    FloatTensor inBands = sampler.sampleInBands(request, SamplingListener.NONE);
    assertThat(Differences.maxAbs(inBands, sampled)).isZero();
  }

  @Test
  void aCanvasOfOneFlatTileNeedsNoNetwork() {
    FloatTensor zLr = FloatTensor.zeros(1, 4, TILE, TILE);
    SamplingOptions options = SamplingSetup.of(SamplerKind.DDIM, 3).flatTiles(FLAT).options();
    LatentSampler sampler =
        new LatentSampler(
            SCHEDULE,
            new Parameterization.V(),
            TILE,
            (x, z, t, branches) -> {
              throw new AssertionError("evaluated");
            });

    FloatTensor sampled =
        sampler.sample(
            LatentRequest.of(zLr, options, new PhiloxNoise(1, "a")), SamplingListener.NONE);

    assertThat(Differences.maxAbs(sampled, zLr)).isLessThan(1e-5);
    assertThat(sampler.count(zLr, options)).isEqualTo(new TileCount(1, 0));
  }

  @Test
  void ofSeveralImagesTheFlatOneAloneIsLeftOut() {
    FloatTensor zLr = FloatTensor.zeros(3, 4, TILE, TILE);
    SplittableRandom random = new SplittableRandom(5);
    int size = zLr.size() / 3;
    for (int i = 0; i < zLr.size(); i++) {
      zLr.data()[i] = i / size == 1 ? -0.4f : (float) random.nextGaussian();
    }
    List<NoiseSource> noise =
        List.of(new PhiloxNoise(1, "a"), new PhiloxNoise(1, "b"), new PhiloxNoise(1, "c"));
    LatentSampler sampler =
        new LatentSampler(
            SCHEDULE, new Parameterization.V(), TILE, new Listening(new ArrayList<>()));
    SamplingOptions plain = SamplingSetup.of(SamplerKind.DDIM, 3).tileBatch(2).options();

    FloatTensor all =
        sampler.sample(
            new LatentRequest(zLr, plain, noise, Optional.empty()), SamplingListener.NONE);
    FloatTensor some =
        sampler.sample(
            new LatentRequest(zLr, plain.withFlatTiles(FLAT), noise, Optional.empty()),
            SamplingListener.NONE);

    Window whole = Window.whole(TILE, TILE);
    for (int image : new int[] {0, 2}) {
      assertThat(Tiles.crop(some, image, whole).data())
          .isEqualTo(Tiles.crop(all, image, whole).data());
    }
    assertThat(Differences.maxAbs(Tiles.crop(some, 1, whole), Tiles.crop(zLr, 1, whole)))
        .isLessThan(1e-5);
    assertThat(Differences.maxAbs(Tiles.crop(all, 1, whole), Tiles.crop(zLr, 1, whole)))
        .isGreaterThan(0.1);
  }

  @Test
  void keptFeaturesAreNumberedOverSampledTiles() {
    List<String> calls = new ArrayList<>();
    SamplingOptions options =
        SamplingSetup.of(SamplerKind.DDIM, 2)
            .overlapLatents(4)
            .tileBatch(3)
            .deepCache(new DeepCache(2, 1))
            .flatTiles(FLAT)
            .options();

    new LatentSampler(
            SCHEDULE, new Parameterization.Eps(), TILE, new DeepCacheTest.Listening(calls))
        .sample(
            LatentRequest.of(halfFlat(52), options, new PhiloxNoise(1, "a")),
            SamplingListener.NONE);

    assertThat(calls)
        .containsExactly(
            "KEEPING 1 from 0: 3",
            "KEEPING 1 from 3: 1",
            "SHALLOW 1 from 0: 3",
            "SHALLOW 1 from 3: 1");
  }

  @Test
  void anInterruptIsSeenWhereEverythingIsFlat() {
    LatentSampler sampler =
        new LatentSampler(
            SCHEDULE, new Parameterization.V(), TILE, (x, z, t, branches) -> List.of(x));
    SamplingOptions options = SamplingSetup.of(SamplerKind.DDIM, 3).flatTiles(FLAT).options();
    LatentRequest request =
        LatentRequest.of(FloatTensor.zeros(1, 4, TILE, TILE), options, new PhiloxNoise(1, "a"));
    Thread.currentThread().interrupt();
    try {
      assertThatThrownBy(() -> sampler.sample(request, SamplingListener.NONE))
          .hasMessage("Sampling was interrupted at timestep 999; nothing was kept, run it again.");
    } finally {
      assertThat(Thread.interrupted()).isTrue();
    }
  }

  @Test
  void roughnessIsThatOfNeighbours() {
    FloatTensor board = FloatTensor.zeros(1, 2, 6, 8);
    FloatTensor ramp = FloatTensor.zeros(1, 2, 6, 8);
    for (int i = 0; i < board.size(); i++) {
      board.data()[i] = (i % 8 + i / 8) % 2;
      ramp.data()[i] = 3 * (i % 8);
    }
    assertThat(FlatTiles.roughnessOf(board)).isCloseTo(1, within(1e-9));
    // 42 differences of 3 across and 40 of 0 down in each channel.
    assertThat(FlatTiles.roughnessOf(ramp)).isCloseTo(3 * Math.sqrt(42 / 82.0), within(1e-9));
    assertThat(FlatTiles.roughnessOf(FloatTensor.zeros(1, 4, 1, 1))).isZero();
    assertThat(FlatTiles.OFF.active()).isFalse();
  }

  @Test
  void impossibleValuesAreRefused() {
    for (double roughness : new double[] {-1, 101, Double.NaN}) {
      assertThatThrownBy(() -> new FlatTiles(roughness))
          .isInstanceOfSatisfying(
              StableSrException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CONFIG))
          .hasMessage("sampling.flat-tile-roughness is %s; it must be in 0..100.", roughness);
    }
  }
}
