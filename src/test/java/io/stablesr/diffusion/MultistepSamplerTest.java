package io.stablesr.diffusion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.stablesr.core.FloatTensor;
import io.stablesr.testing.SamplingSetup;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Solvers against a model whose probability-flow equation has a known solution: latents that are
 * normal with mean m and deviation s, for which (x - a m) / sqrt(a^2 s^2 + 1 - a^2) never changes.
 */
class MultistepSamplerTest {
  private static final NoiseSchedule SCHEDULE = NoiseSchedule.stableDiffusion();
  private static final double MEAN = 0.3;
  private static final double DEVIATION = 0.6;

  @ParameterizedTest
  @EnumSource(
      value = SamplerKind.class,
      names = {"DPM_SOLVER", "UNIPC"})
  void errorsFallWithTheSquareOfTheStep(SamplerKind kind) {
    double ten = error(kind, 10);
    double twenty = error(kind, 20);
    double forty = error(kind, 40);

    assertThat(ten / twenty).isGreaterThan(2.8);
    // The corrector of the one is worth another order.
    assertThat(twenty / forty).isGreaterThan(kind == SamplerKind.UNIPC ? 5.5 : 3.2);
    // Of first order.
    assertThat(error(SamplerKind.DDIM, 20) / error(SamplerKind.DDIM, 40)).isBetween(1.7, 2.3);
    assertThat(twenty).isLessThan(error(SamplerKind.DDIM, 20) / 5);
  }

  @Test
  void theCorrectorMakesUniPcTheMoreExactOne() {
    assertThat(error(SamplerKind.UNIPC, 20)).isLessThan(error(SamplerKind.DPM_SOLVER, 20));
  }

  @ParameterizedTest
  @EnumSource(
      value = SamplerKind.class,
      names = {"DPM_SOLVER", "UNIPC"})
  void twoStepsAreThoseOfDdim(SamplerKind kind) {
    // The first has no past, and the last returns the prediction.
    float[] expected = sample(SamplerKind.DDIM, 2, new Parameterization.Eps()).data();
    float[] actual = sample(kind, 2, new Parameterization.Eps()).data();
    for (int i = 0; i < expected.length; i++) {
      assertThat(actual[i]).isCloseTo(expected[i], within(2e-5f));
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = SamplerKind.class,
      names = {"DPM_SOLVER", "UNIPC"})
  void whatTheNetworkPredictsDoesNotMatter(SamplerKind kind) {
    FloatTensor eps = sample(kind, 12, new Parameterization.Eps());
    FloatTensor velocity = sample(kind, 12, new Parameterization.V());
    for (int i = 0; i < eps.size(); i++) {
      assertThat(velocity.data()[i]).isCloseTo(eps.data()[i], within(1e-4f));
    }
  }

  /** Root mean square difference of the result to the exact solution. */
  private static double error(SamplerKind kind, int steps) {
    FloatTensor result = sample(kind, steps, new Parameterization.Eps());
    FloatTensor start =
        new PhiloxNoise(3, "image").normal(NoiseDraw.START, 4, Window.whole(16, 16));
    double signal = SCHEDULE.tables().sqrtAlphaCumprod(999);
    double last = SCHEDULE.tables().sqrtAlphaCumprod(0);
    double sum = 0;
    for (int i = 0; i < result.size(); i++) {
      double constant = (start.data()[i] - signal * MEAN) / spread(signal);
      double expected = MEAN + DEVIATION * DEVIATION * last / spread(last) * constant;
      sum += Math.pow(result.data()[i] - expected, 2);
    }
    return Math.sqrt(sum / result.size());
  }

  private static FloatTensor sample(
      SamplerKind kind, int steps, Parameterization parameterization) {
    TilePredictor model =
        (x, zLr, timestep, branches) -> List.of(predicted(x, timestep, parameterization));
    SamplingOptions options =
        SamplingSetup.of(kind, steps)
            .start(StartPoint.PURE_NOISE)
            .spacing(TimestepSpacing.LOG_SNR)
            .options();
    FloatTensor zLr = FloatTensor.zeros(1, 4, 16, 16);
    return new LatentSampler(SCHEDULE, parameterization, 64, model)
        .sample(LatentRequest.of(zLr, options, new PhiloxNoise(3, "image")), SamplingListener.NONE);
  }

  private static FloatTensor predicted(
      FloatTensor x, int timestep, Parameterization parameterization) {
    double signal = SCHEDULE.tables().sqrtAlphaCumprod(timestep);
    double noise = SCHEDULE.tables().sqrtOneMinusAlphaCumprod(timestep);
    FloatTensor out = FloatTensor.zeros(x.shape());
    for (int i = 0; i < x.size(); i++) {
      double variance = spread(signal) * spread(signal);
      double x0 = MEAN + DEVIATION * DEVIATION * signal / variance * (x.data()[i] - signal * MEAN);
      double eps = (x.data()[i] - signal * x0) / noise;
      out.data()[i] =
          (float)
              (parameterization instanceof Parameterization.V ? signal * eps - noise * x0 : eps);
    }
    return out;
  }

  private static double spread(double signal) {
    return Math.sqrt(signal * signal * DEVIATION * DEVIATION + 1 - signal * signal);
  }
}
