package io.stablesr.diffusion;

import static org.assertj.core.api.Assertions.assertThat;

import io.stablesr.core.FloatTensor;
import io.stablesr.testing.Goldens;
import io.stablesr.testing.SamplingSetup;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Runs of the published samplers, replayed without the networks: their outputs are solved for from
 * recorded latents, then the whole recorded run must come out again.
 */
class SamplerGoldenTest {
  private static final NoiseSchedule SCHEDULE = NoiseSchedule.stableDiffusion();
  private static final int WHOLE = 128;

  /** Only pred_x0 is recorded, so every step's arithmetic decides whether `final` is met. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "09_ddim10_16x24_eta0",
        "09_ddim20_16x24_eta1_cfg7_v",
        "09_ddim30_16x16_eta0.5_noxT",
        "09_ddim5_canvas_tile16_24x40_batch2_cfg"
      })
  void ddimMeetsTheRecordedResultFromTheRecordedPredictions(String name) {
    Goldens goldens = Goldens.of(name);
    int steps = Integer.parseInt(goldens.metadata("steps"));
    double eta = Double.parseDouble(goldens.metadata("eta"));
    boolean velocity = goldens.metadata("parameterization").equals("v");
    DdimSchedule table = DdimSchedule.published(SCHEDULE, steps, eta);
    Parameterization parameterization =
        velocity ? new Parameterization.V() : new Parameterization.Eps();
    TilePredictor network =
        (x, zLr, timestep, branches) -> {
          int k = indexOf(goldens.ints("network_timesteps"), timestep);
          FloatTensor x0 = goldens.tensor("pred_x0", steps - 1 - k);
          double signal = Math.sqrt(table.alpha(k));
          double noise = Math.sqrt(1 - (double) table.alpha(k));
          FloatTensor output = FloatTensor.zeros(x.shape());
          for (int i = 0; i < x.size(); i++) {
            double eps = (x.data()[i] - signal * x0.data()[i]) / noise;
            output.data()[i] = (float) (velocity ? (eps - noise * x.data()[i]) / signal : eps);
          }
          return List.of(output);
        };
    SamplingOptions options = options(SamplerKind.DDIM, steps, eta, goldens);
    List<FloatTensor> predictions = new ArrayList<>();
    FloatTensor result =
        new LatentSampler(SCHEDULE, parameterization, WHOLE, network)
            .sample(
                request(goldens, options, Optional.empty()),
                new SamplingListener() {
                  @Override
                  public void stepDone(int k, int timestep, FloatTensor x, FloatTensor x0) {
                    predictions.add(x0);
                  }
                });
    for (int k = 0; k < steps; k++) {
      assertThat(relative(predictions.get(k), goldens.tensor("pred_x0", k))).isLessThan(1e-5);
    }
    assertThat(relative(result, goldens.tensor("final"))).isLessThan(1e-5);
  }

  /** Where the reference replaces x0, the recorded latents follow without any network output. */
  @Test
  void ddpmWithReferenceGuidanceMeetsEveryRecordedStep() {
    Goldens goldens = Goldens.of("07_ddpm12_24x24_reference_guidance");
    ReferenceGuidance reference =
        new ReferenceGuidance(goldens.tensor("reference_sr"), 0.5, 10, 3, 1000, 1);
    replayDdpm(goldens, Optional.of(reference));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "07_ddpm10_16x24_cfg7",
        "07_ddpm10_16x24_v",
        "07_ddpm10_24x40_batch2",
        "07_ddpm4_16x24_noxT",
        "08_canvas_64_80x112"
      })
  void ddpmMeetsEveryRecordedStep(String name) {
    replayDdpm(Goldens.of(name), Optional.empty());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "07_ddpm10_16x24_v",
        "07_ddpm10_24x40_batch2",
        "08_canvas_64_80x112",
        "09_ddim10_16x24_eta0"
      })
  void startIsTheRecordedOne(String name) {
    Goldens goldens = Goldens.of(name);
    FloatTensor start =
        SCHEDULE.noised(goldens.tensor("struct_cond_latent"), goldens.tensor("x_T_noise"), 999);
    assertThat(relative(start, goldens.tensor("x_T"))).isLessThan(1e-7);
  }

  private static void replayDdpm(Goldens goldens, Optional<ReferenceGuidance> reference) {
    int[] timesteps = goldens.ints("timesteps");
    int steps = timesteps.length;
    boolean velocity = goldens.metadata("parameterization").equals("v");
    DiffusionTables tables = SCHEDULE.respaced(timesteps);
    TilePredictor network =
        (x, zLr, timestep, branches) -> {
          int i = indexOf(timesteps, timestep);
          FloatTensor output = FloatTensor.zeros(x.shape());
          if (reference.isPresent() && reference.get().actsAt(i)) {
            return List.of(output);
          }
          FloatTensor after = goldens.tensor("x_after_step", steps - 1 - i);
          FloatTensor noise = goldens.tensor("step_noise", steps - 1 - i);
          double deviation = i == 0 ? 0 : Math.sqrt(tables.posteriorVariance(i));
          for (int at = 0; at < x.size(); at++) {
            double mean = after.data()[at] - deviation * noise.data()[at];
            double now = x.data()[at];
            double x0 = (mean - tables.posteriorMeanCoef2(i) * now) / tables.posteriorMeanCoef1(i);
            double signal = tables.sqrtAlphaCumprod(i);
            double rest = tables.sqrtOneMinusAlphaCumprod(i);
            output.data()[at] =
                (float) (velocity ? (signal * now - x0) / rest : (now - signal * x0) / rest);
          }
          return List.of(output);
        };
    Parameterization parameterization =
        velocity ? new Parameterization.V() : new Parameterization.Eps();
    SamplingOptions options = options(SamplerKind.DDPM, steps, 0, goldens).withTileBatch(8);
    List<FloatTensor> latents = new ArrayList<>();
    new LatentSampler(SCHEDULE, parameterization, WHOLE, network)
        .sample(
            request(goldens, options, reference),
            new SamplingListener() {
              @Override
              public void stepDone(int k, int timestep, FloatTensor x, FloatTensor x0) {
                assertThat(timestep).isEqualTo(timesteps[steps - 1 - k]);
                latents.add(x);
              }
            });
    for (int k = 0; k < steps; k++) {
      assertThat(relative(latents.get(k), goldens.tensor("x_after_step", k)))
          .as("step %d", k)
          .isLessThan(1e-5);
    }
    assertThat(relative(latents.get(steps - 1), goldens.tensor("final"))).isLessThan(1e-5);
  }

  private static SamplingOptions options(SamplerKind kind, int steps, double eta, Goldens goldens) {
    return SamplingSetup.of(kind, steps)
        .eta(eta)
        .start(goldens.has("x_T_noise") ? StartPoint.LR_LATENT : StartPoint.PURE_NOISE)
        .overlapLatents(32)
        .ddimTables(DdimTables.PUBLISHED)
        .gaussianCentre(GaussianCentre.PUBLISHED)
        .options();
  }

  private static LatentRequest request(
      Goldens goldens, SamplingOptions options, Optional<ReferenceGuidance> reference) {
    FloatTensor zLr = goldens.tensor("struct_cond_latent");
    FloatTensor start = goldens.tensor(goldens.has("x_T_noise") ? "x_T_noise" : "x_T");
    List<NoiseSource> noise = new ArrayList<>();
    for (int image = 0; image < zLr.dim(0); image++) {
      Window whole = Window.whole(zLr.dim(2), zLr.dim(3));
      Map<NoiseDraw, FloatTensor> draws = new HashMap<>();
      draws.put(NoiseDraw.START, Tiles.crop(start, image, whole));
      for (int k = 0; k < options.steps(); k++) {
        draws.put(NoiseDraw.step(k), Tiles.crop(goldens.tensor("step_noise", k), image, whole));
      }
      noise.add(new RecordedNoise(draws));
    }
    return new LatentRequest(zLr, options, noise, reference);
  }

  private static int indexOf(int[] timesteps, int timestep) {
    for (int i = 0; i < timesteps.length; i++) {
      if (timesteps[i] == timestep) {
        return i;
      }
    }
    throw new AssertionError("The network was asked for timestep " + timestep);
  }

  private static double relative(FloatTensor actual, FloatTensor expected) {
    assertThat(actual.shape()).isEqualTo(expected.shape());
    double difference = 0;
    double norm = 0;
    for (int i = 0; i < actual.size(); i++) {
      difference += Math.pow((double) actual.data()[i] - expected.data()[i], 2);
      norm += Math.pow(expected.data()[i], 2);
    }
    return Math.sqrt(difference / norm);
  }
}
