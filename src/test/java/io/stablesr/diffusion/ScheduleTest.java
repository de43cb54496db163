package io.stablesr.diffusion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.stablesr.core.StableSrException;
import io.stablesr.testing.Goldens;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ScheduleTest {
  private static final NoiseSchedule BASE = NoiseSchedule.stableDiffusion();

  @Test
  void baseScheduleIsBitEqualToTheRecordedOne() {
    Goldens goldens = Goldens.of("01_schedule");
    assertThat(IntStream.range(0, 1000).mapToDouble(BASE::beta).toArray())
        .isEqualTo(goldens.doubles("full1000/betas_f64"));
    assertBitEqual(BASE.tables(), goldens, "full1000/");
    assertThat(floats("log", BASE.tables().size(), BASE.tables()::logOneMinusAlphaCumprod))
        .isEqualTo(goldens.floats("full1000/log_one_minus_alphas_cumprod"));
    assertThat(BASE.tables().sqrtAlphaCumprod(999))
        .isEqualTo(goldens.floats("x_T_coef/sqrt_alphas_cumprod_999")[0]);
    assertThat(BASE.tables().sqrtOneMinusAlphaCumprod(999))
        .isEqualTo(goldens.floats("x_T_coef/sqrt_one_minus_alphas_cumprod_999")[0]);
  }

  @ParameterizedTest
  @ValueSource(ints = {4, 10, 20, 50, 200, 1000})
  void respacedSchedulesAreBitEqualToTheRecordedOnes(int steps) {
    Goldens goldens = Goldens.of("01_schedule");
    String name = "respaced" + steps + "/";
    int[] timesteps =
        TimestepSpacing.LINSPACE.timesteps(NoiseSchedule.stableDiffusion(), steps, 999);
    assertThat(timesteps).isEqualTo(goldens.ints(name + "timesteps"));
    DiffusionTables tables = BASE.respaced(timesteps);
    assertBitEqual(tables, goldens, name);
    // The recorded fp32 logarithm is not correctly rounded; nothing in sampling reads this table.
    float[] logs = goldens.floats(name + "log_one_minus_alphas_cumprod");
    for (int i = 0; i < steps; i++) {
      assertThat(Math.abs(tables.logOneMinusAlphaCumprod(i) - logs[i]))
          .isLessThanOrEqualTo(2 * Math.ulp(logs[i]));
    }
  }

  @ParameterizedTest
  @CsvSource({"10,0", "10,1", "20,0", "20,1", "30,0", "30,1", "50,0", "50,1"})
  void publishedDdimTablesAreTheRecordedOnes(int steps, int eta) {
    Goldens goldens = Goldens.of("01_schedule");
    String name = "ddim%d_eta%d/".formatted(steps, eta);
    DdimSchedule schedule = DdimSchedule.published(BASE, steps, eta);
    int[] network = goldens.ints(name + "network_timesteps");
    for (int k = 0; k < steps; k++) {
      assertThat(schedule.timestep(k)).isEqualTo(network[k]);
      assertThat((double) schedule.alpha(k)).isEqualTo(goldens.doubles(name + "ddim_alphas")[k]);
      assertThat(schedule.alphaPrev(k)).isEqualTo(goldens.doubles(name + "ddim_alphas_prev")[k]);
      assertThat((double) schedule.sqrtOneMinusAlpha(k))
          .isEqualTo(goldens.doubles(name + "ddim_sqrt_one_minus_alphas")[k]);
      double sigma = goldens.doubles(name + "ddim_sigmas")[k];
      assertThat(schedule.sigma(k)).isEqualTo(sigma);
    }
  }

  @Test
  void consistentDdimEndsAtAlphaOne() {
    DdimSchedule schedule = DdimSchedule.consistent(BASE, new int[] {250, 500, 749, 999}, 1.0);
    assertThat(schedule.alphaPrev(0)).isEqualTo(1.0);
    assertThat(schedule.sigma(0)).isZero();
    assertThat(schedule.alphaPrev(3)).isEqualTo(BASE.tables().alphaCumprod(749));
    assertThat(schedule.alpha(3)).isEqualTo(BASE.tables().alphaCumprod(999));
  }

  @Test
  void spacingsVisitTheStatedTimesteps() {
    assertThat(TimestepSpacing.LINSPACE.timesteps(NoiseSchedule.stableDiffusion(), 4, 999))
        .containsExactly(0, 333, 666, 999);
    assertThat(TimestepSpacing.LINSPACE.timesteps(NoiseSchedule.stableDiffusion(), 1, 999))
        .containsExactly(999);
    assertThat(TimestepSpacing.LINSPACE.timesteps(NoiseSchedule.stableDiffusion(), 3, 300))
        .containsExactly(0, 150, 300);
    assertThat(TimestepSpacing.LINSPACE.timesteps(NoiseSchedule.stableDiffusion(), 1, 0))
        .containsExactly(0);
    assertThat(TimestepSpacing.TRAILING.timesteps(NoiseSchedule.stableDiffusion(), 4, 999))
        .containsExactly(250, 500, 749, 999);
    assertThat(TimestepSpacing.TRAILING.timesteps(NoiseSchedule.stableDiffusion(), 1, 999))
        .containsExactly(999);
    int[] even = TimestepSpacing.LOG_SNR.timesteps(NoiseSchedule.stableDiffusion(), 9, 999);
    assertThat(even).startsWith(0).endsWith(999);
    double[] ratios =
        Arrays.stream(even)
            .mapToDouble(t -> NoiseSchedule.stableDiffusion().tables().alphaCumprod(t))
            .map(signal -> Math.log(signal / (1 - signal)))
            .toArray();
    // Within a timestep, of which the first are 0.7 apart.
    for (int k = 1; k < ratios.length; k++) {
      assertThat(ratios[k - 1] - ratios[k]).isCloseTo((ratios[0] - ratios[8]) / 8, within(0.35));
    }
  }

  @Test
  void everyAllowedNumberOfStepsGivesAscendingTimestepsThatEndAtTheStart() {
    for (int start : new int[] {1, 2, 17, 250, 500, 999}) {
      for (TimestepSpacing spacing : TimestepSpacing.values()) {
        for (int steps = 1; steps <= spacing.mostSteps(start); steps++) {
          int[] timesteps = spacing.timesteps(NoiseSchedule.stableDiffusion(), steps, start);
          assertThat(timesteps).isSorted().doesNotHaveDuplicates().hasSize(steps);
          assertThat(timesteps[steps - 1]).isEqualTo(start);
        }
      }
    }
  }

  @Test
  void moreStepsThanTimestepsAreRefused() {
    assertThatThrownBy(
            () -> TimestepSpacing.LINSPACE.timesteps(NoiseSchedule.stableDiffusion(), 302, 300))
        .isInstanceOf(StableSrException.class)
        .hasMessage(
            "sampling.steps is 302; from sampling.start-timestep 300 with linspace spacing it must be in 1..301.");
  }

  private static void assertBitEqual(DiffusionTables tables, Goldens goldens, String prefix) {
    Map<String, IntToDoubleFunction> byName = new LinkedHashMap<>();
    byName.put("betas", tables::beta);
    byName.put("alphas_cumprod", tables::alphaCumprod);
    byName.put("alphas_cumprod_prev", tables::alphaCumprodPrev);
    byName.put("sqrt_alphas_cumprod", tables::sqrtAlphaCumprod);
    byName.put("sqrt_one_minus_alphas_cumprod", tables::sqrtOneMinusAlphaCumprod);
    byName.put("sqrt_recip_alphas_cumprod", tables::sqrtRecipAlphaCumprod);
    byName.put("sqrt_recipm1_alphas_cumprod", tables::sqrtRecipM1AlphaCumprod);
    byName.put("posterior_variance", tables::posteriorVariance);
    byName.put("posterior_log_variance_clipped", tables::posteriorLogVarianceClipped);
    byName.put("posterior_mean_coef1", tables::posteriorMeanCoef1);
    byName.put("posterior_mean_coef2", tables::posteriorMeanCoef2);
    byName.forEach(
        (name, table) ->
            assertThat(floats(name, tables.size(), table))
                .as(prefix + name)
                .isEqualTo(goldens.floats(prefix + name)));
  }

  private static float[] floats(String name, int size, IntToDoubleFunction table) {
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = (float) table.applyAsDouble(i);
    }
    assertThat(values).as(name).isNotEmpty();
    return values;
  }
}
