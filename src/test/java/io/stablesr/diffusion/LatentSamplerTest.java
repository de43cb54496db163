package io.stablesr.diffusion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.stablesr.core.ErrorCode;
import io.stablesr.core.FloatTensor;
import io.stablesr.core.StableSrException;
import io.stablesr.testing.SamplingSetup;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.DoubleBinaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class LatentSamplerTest {
  private static final NoiseSchedule SCHEDULE = NoiseSchedule.stableDiffusion();
  private static final Parameterization EPS = new Parameterization.Eps();
  private static final Parameterization RESIDUAL =
      new Parameterization.LrResidual(0.1807335764169693);
  private static final TilePredictor POINTWISE = network((x, z) -> Math.tanh(0.4 * x - 0.3 * z));

  private static final SamplingOptions FEW_STEPS =
      SamplingSetup.of(SamplerKind.DDIM, 4).spacing(TimestepSpacing.TRAILING).options();

  @Test
  void residualModelsFollowTheirOwnFormula() {
    FloatTensor zLr = latent("z", 1, 12, 20);
    NoiseSource noise = new PhiloxNoise(5, "image");
    FloatTensor actual = sampler(RESIDUAL, 64).sample(of(zLr, FEW_STEPS, noise), listener());

    int[] timesteps = {999, 749, 500, 250, -1};
    FloatTensor start = noise.normal(NoiseDraw.START, 4, Window.whole(12, 20));
    for (int i = 0; i < zLr.size(); i++) {
      double z = zLr.data()[i];
      double x = 0;
      double x0 = z;
      double eps = start.data()[i];
      for (int timestep : timesteps) {
        double ac = timestep < 0 ? 1 : SCHEDULE.tables().alphaCumprod(timestep);
        x = Math.sqrt(ac) * x0 + Math.sqrt(1 - ac) * eps;
        if (timestep >= 0) {
          x0 = z + 0.1807335764169693 * Math.tanh(0.4 * x - 0.3 * z);
          eps = (x - Math.sqrt(ac) * x0) / Math.sqrt(1 - ac);
        }
      }
      assertThat((double) actual.data()[i]).isCloseTo(x, within(2e-6));
    }
  }

  @ParameterizedTest
  @EnumSource(SamplerKind.class)
  void aResidualOfZeroGivesBackTheInputFromAnyStart(SamplerKind kind) {
    FloatTensor zLr = latent("z", 1, 8, 8);
    TilePredictor nothing = network((x, z) -> 0);
    for (int start : new int[] {100, 500, 999}) {
      SamplingOptions options = SamplingSetup.of(kind, 5).eta(1).startTimestep(start).options();
      FloatTensor result =
          new LatentSampler(SCHEDULE, RESIDUAL, 64, nothing)
              .sample(of(zLr, options, new PhiloxNoise(1, "a")), SamplingListener.NONE);
      for (int i = 0; i < zLr.size(); i++) {
        assertThat(result.data()[i]).isCloseTo(zLr.data()[i], within(1e-6f));
      }
    }
  }

  /** With the true noise as answer every consistent step stays on the path to the input. */
  @Test
  void anEpsOracleLeadsBackToTheCleanLatentFromAnEarlierStart() {
    FloatTensor clean = latent("clean", 1, 8, 8);
    TilePredictor oracle =
        (x, zLr, timestep, branches) -> {
          float signal = SCHEDULE.tables().sqrtAlphaCumprod(timestep);
          float rest = SCHEDULE.tables().sqrtOneMinusAlphaCumprod(timestep);
          return List.of(Elementwise.reducedBy(x, signal, zLr, rest));
        };
    for (double eta : new double[] {0, 0.5, 1}) {
      SamplingOptions options =
          SamplingSetup.of(SamplerKind.DDIM, 10).eta(eta).startTimestep(400).options();
      List<Integer> timesteps = new ArrayList<>();
      FloatTensor result =
          new LatentSampler(SCHEDULE, EPS, 64, oracle)
              .sample(
                  of(clean, options, new PhiloxNoise(1, "a")),
                  new SamplingListener() {
                    @Override
                    public void stepDone(int k, int timestep, FloatTensor x, FloatTensor x0) {
                      timesteps.add(timestep);
                    }
                  });
      assertThat(timesteps).startsWith(400, 356).endsWith(44, 0);
      for (int i = 0; i < clean.size(); i++) {
        assertThat(result.data()[i]).isCloseTo(clean.data()[i], within(1e-5f));
      }
    }
  }

  @ParameterizedTest
  @EnumSource(SamplerKind.class)
  void bandsGiveTheSameBitsAsTheWholeCanvas(SamplerKind kind) {
    // Several bands: wider than high, with more latents than one band has.
    FloatTensor zLr = latent("z", 1, 300, 1000);
    NoiseSource noise = new PhiloxNoise(9, "image");
    for (StartPoint start : StartPoint.values()) {
      SamplingOptions options =
          SamplingSetup.of(kind, kind.keptLatents() > 0 ? 5 : 2)
              .eta(0.5)
              .start(start)
              .startTimestep(700)
              .options();
      FloatTensor expected = sampler(RESIDUAL, 128).sample(of(zLr, options, noise), listener());
      List<String> tiles = new ArrayList<>();

      FloatTensor actual =
          sampler(RESIDUAL, 128)
              .sampleInBands(
                  of(zLr, options, noise),
                  new SamplingListener() {
                    @Override
                    public void tilesDone(int done, int total) {
                      tiles.add(done + "/" + total);
                    }
                  });

      assertThat(actual.data()).isEqualTo(expected.data());
      int evaluations = options.steps() * 3 * 9;
      assertThat(tiles).hasSize(evaluations).endsWith(evaluations + "/" + evaluations);
    }
  }

  @Test
  void tilesOfAPointwiseNetworkGiveTheUntiledResultWhateverTheBatch() {
    FloatTensor zLr = latent("z", 1, 37, 61);
    NoiseSource noise = new PhiloxNoise(9, "image");
    FloatTensor whole = sampler(RESIDUAL, 64).sample(of(zLr, FEW_STEPS, noise), listener());
    FloatTensor one = sampler(RESIDUAL, 16).sample(of(zLr, FEW_STEPS, noise), listener());
    for (int batch : new int[] {3, 7, 1000}) {
      FloatTensor batched =
          sampler(RESIDUAL, 16).sample(of(zLr, FEW_STEPS.withTileBatch(batch), noise), listener());
      assertThat(batched.data()).isEqualTo(one.data());
    }
    for (int i = 0; i < whole.size(); i++) {
      assertThat(one.data()[i]).isCloseTo(whole.data()[i], within(1e-5f));
    }
  }

  @Test
  void imagesSampledTogetherAreTheImagesSampledAlone() {
    FloatTensor both = latent("z", 2, 20, 28);
    List<NoiseSource> noise = List.of(new PhiloxNoise(1, "a"), new PhiloxNoise(1, "b"));
    FloatTensor together =
        sampler(RESIDUAL, 16)
            .sample(
                new LatentRequest(both, FEW_STEPS.withTileBatch(5), noise, Optional.empty()),
                listener());
    for (int image = 0; image < 2; image++) {
      Window whole = Window.whole(20, 28);
      FloatTensor alone =
          sampler(RESIDUAL, 16)
              .sample(of(Tiles.crop(both, image, whole), FEW_STEPS, noise.get(image)), listener());
      assertThat(Tiles.crop(together, image, whole).data()).isEqualTo(alone.data());
    }
  }

  @Test
  void guidanceMovesFromTheNegativeOutputAndIsSkippedAtOne() {
    List<List<GuidanceBranch>> asked = new ArrayList<>();
    TilePredictor branching =
        (x, zLr, timestep, branches) -> {
          asked.add(branches);
          List<FloatTensor> outputs = new ArrayList<>();
          for (GuidanceBranch branch : branches) {
            FloatTensor output = FloatTensor.zeros(x.shape());
            Arrays.fill(output.data(), branch == GuidanceBranch.POSITIVE ? 3 : 1);
            outputs.add(output);
          }
          return outputs;
        };
    LatentSampler sampler =
        new LatentSampler(SCHEDULE, new Parameterization.LrResidual(1), 64, branching);
    FloatTensor zLr = FloatTensor.zeros(1, 4, 8, 8);
    NoiseSource noise = new PhiloxNoise(1, "a");
    assertThat(
            sampler
                .sample(
                    of(zLr, SamplingSetup.of(FEW_STEPS).guidanceScale(7).options(), noise),
                    listener())
                .data())
        .containsOnly(1 + 7 * 2);
    assertThat(asked).containsOnly(List.of(GuidanceBranch.NEGATIVE, GuidanceBranch.POSITIVE));
    asked.clear();
    assertThat(sampler.sample(of(zLr, FEW_STEPS, noise), listener()).data()).containsOnly(3);
    assertThat(asked).containsOnly(List.of(GuidanceBranch.POSITIVE));
  }

  @Test
  void whatDrawingNoiseThrowsComesOutAsItIs() {
    SamplingOptions options = SamplingSetup.of(SamplerKind.DDPM, 4).options();
    NoiseSource drawn = new PhiloxNoise(1, "a");
    for (Throwable failure :
        List.of(
            new OutOfMemoryError("Java heap space"),
            new StableSrException(ErrorCode.CONFIG, "No noise was recorded."))) {
      NoiseSource failing =
          (draw, channels, window) -> {
            if (draw.equals(NoiseDraw.step(1))) {
              if (failure instanceof Error error) {
                throw error;
              }
              throw (RuntimeException) failure;
            }
            return drawn.normal(draw, channels, window);
          };

      assertThatThrownBy(
              () ->
                  sampler(RESIDUAL, 16)
                      .sample(of(latent("z", 1, 16, 16), options, failing), listener()))
          .isSameAs(failure);
    }
  }

  @Test
  void progressCountsTilesOverAllSteps() {
    List<String> heard = new ArrayList<>();
    LatentSampler sampler = sampler(RESIDUAL, 16);
    SamplingOptions options = FEW_STEPS.withTileBatch(4);
    sampler.sample(
        of(latent("z", 1, 24, 40), options, new PhiloxNoise(1, "a")),
        new SamplingListener() {
          @Override
          public void tilesDone(int done, int total) {
            heard.add(done + "/" + total);
          }
        });
    assertThat(heard)
        .containsExactly("4/32", "8/32", "12/32", "16/32", "20/32", "24/32", "28/32", "32/32");
    assertThat(sampler.count(latent("z", 1, 24, 40), options)).isEqualTo(new TileCount(8, 32));
  }

  @Test
  void notANumberIsReportedWithStepAndTimestep() {
    TilePredictor broken =
        (x, zLr, timestep, branches) -> {
          FloatTensor output = FloatTensor.zeros(x.shape());
          output.data()[7] = timestep == 500 ? Float.NaN : 0;
          return List.of(output);
        };
    assertThatThrownBy(
            () ->
                new LatentSampler(SCHEDULE, RESIDUAL, 64, broken)
                    .sample(
                        of(latent("z", 1, 8, 8), FEW_STEPS, new PhiloxNoise(1, "a")),
                        SamplingListener.NONE))
        .isInstanceOfSatisfying(
            StableSrException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.NOT_FINITE))
        .hasMessage(
            "The latent of image 0 holds NaN after step 3 of 4 (timestep 500); run in fp32 or check"
                + " the weights.");
  }

  @Test
  void anInterruptedThreadStopsBetweenBatchesAndStaysInterrupted() {
    TilePredictor interrupting =
        (x, zLr, timestep, branches) -> {
          Thread.currentThread().interrupt();
          return List.of(x);
        };
    assertThatThrownBy(
            () ->
                new LatentSampler(SCHEDULE, RESIDUAL, 16, interrupting)
                    .sample(
                        of(latent("z", 1, 24, 24), FEW_STEPS, new PhiloxNoise(1, "a")),
                        SamplingListener.NONE))
        .isInstanceOfSatisfying(
            StableSrException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CANCELLED))
        .hasMessage("Sampling was interrupted at timestep 999; nothing was kept, run it again.");
    assertThat(Thread.interrupted()).isTrue();
  }

  @Test
  void publishedTablesWithAnEarlierStartAreRefused() {
    SamplingOptions options =
        SamplingSetup.of(FEW_STEPS).ddimTables(DdimTables.PUBLISHED).options();
    assertThatThrownBy(() -> options.sampler(SCHEDULE, EPS))
        .isInstanceOf(StableSrException.class)
        .hasMessage(
            "compat.ddim-tables = published needs sampling.start-timestep 999 and sampling.spacing"
                + " linspace, not 999 and trailing; use consistent.");
  }

  private static LatentSampler sampler(Parameterization parameterization, int tileLatents) {
    return new LatentSampler(SCHEDULE, parameterization, tileLatents, POINTWISE);
  }

  private static LatentRequest of(FloatTensor zLr, SamplingOptions options, NoiseSource noise) {
    return LatentRequest.of(zLr, options, noise);
  }

  private static SamplingListener listener() {
    return SamplingListener.NONE;
  }

  private static FloatTensor latent(String id, int images, int height, int width) {
    return new PhiloxNoise(77, id)
        .normal(NoiseDraw.POSTERIOR, 4 * images, Window.whole(height, width))
        .reshape(images, 4, height, width);
  }

  private static TilePredictor network(DoubleBinaryOperator function) {
    return (x, zLr, timestep, branches) -> {
      FloatTensor output = FloatTensor.zeros(x.shape());
      for (int i = 0; i < x.size(); i++) {
        output.data()[i] = (float) function.applyAsDouble(x.data()[i], zLr.data()[i]);
      }
      return List.of(output);
    };
  }
}
