package io.stablesr.diffusion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.stablesr.core.ErrorCode;
import io.stablesr.core.FloatTensor;
import io.stablesr.core.StableSrException;
import io.stablesr.diffusion.DeepCache.Reach;
import io.stablesr.testing.SamplingSetup;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class GuidanceIntervalTest {
  private static final NoiseSchedule SCHEDULE = NoiseSchedule.stableDiffusion();
  private static final GuidanceInterval BETWEEN = new GuidanceInterval(400, 600);

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "-1 | 999 | sampling.guidance-from-timestep is -1; it must be in 0..999.",
        "0 | 1000 | sampling.guidance-to-timestep is 1000; it must be in 0..999.",
        "700 | 300 | sampling.guidance-from-timestep is 700 and sampling.guidance-to-timestep 300;"
            + " from must not be above to."
      })
  void impossibleIntervalsAreRefused(int from, int to, String message) {
    assertThatThrownBy(() -> new GuidanceInterval(from, to))
        .isInstanceOfSatisfying(
            StableSrException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CONFIG))
        .hasMessage(message);
  }

  @ParameterizedTest
  @EnumSource(SamplerKind.class)
  void theWholeScheduleIsPlainGuidanceAndAnIntervalBetweenVisitedTimestepsIsNone(SamplerKind kind) {
    // Visited are 0, 333, 666 and 999.
    SamplingOptions plain = SamplingSetup.of(kind, 4).options();
    SamplingOptions guided = SamplingSetup.of(plain).guidanceScale(3).options();

    assertThat(sample(with(guided, new GuidanceInterval(0, 999))))
        .isEqualTo(sample(guided))
        .isNotEqualTo(sample(plain));
    assertThat(sample(with(guided, BETWEEN))).isEqualTo(sample(plain));
  }

  @ParameterizedTest
  @CsvSource({"333, 666", "334, 665", "0, 332", "999, 999"})
  void bothEndsAreIncludedAndAllElseIsTheConditionalBranchAlone(int from, int to) {
    SamplingOptions options =
        with(
            SamplingSetup.of(SamplerKind.DDIM, 4).guidanceScale(3).tileBatch(3).options(),
            new GuidanceInterval(from, to));
    Network network = new Network(new ArrayList<>());
    List<String> progress = new ArrayList<>();
    LatentSampler sampler = sampler(network);
    sampler.sample(
        request(options),
        new SamplingListener() {
          @Override
          public void tilesDone(int done, int total) {
            progress.add(done + "/" + total);
          }
        });
    List<String> expected = new ArrayList<>();
    int evaluations = 0;
    for (int timestep : new int[] {999, 666, 333, 0}) {
      int branches = timestep >= from && timestep <= to ? 2 : 1;
      // 2 x 4 tiles in calls of 3.
      for (int call = 0; call < 3; call++) {
        expected.add(timestep + ": " + branches);
      }
      evaluations += 8 * branches;
    }

    assertThat(network.calls()).isEqualTo(expected);
    assertThat(progress).hasSize(12).endsWith(evaluations + "/" + evaluations);
    assertThat(sampler.count(FloatTensor.zeros(1, 4, 16, 24), options))
        .isEqualTo(new TileCount(8, evaluations));
  }

  @ParameterizedTest
  @EnumSource(SamplerKind.class)
  void bandsGiveTheSameBits(SamplerKind kind) {
    SamplingOptions options =
        with(SamplingSetup.of(kind, 6).guidanceScale(3).options(), new GuidanceInterval(300, 700));

    FloatTensor banded =
        sampler(new Network(new ArrayList<>()))
            .sampleInBands(request(options), SamplingListener.NONE);

    assertThat(banded.data()).isEqualTo(sample(options));
  }

  @Test
  void aSolverStartsAnewWhereGuidanceBeginsOrEnds() {
    SamplingOptions options =
        with(
            SamplingSetup.of(SamplerKind.DPM_SOLVER, 4).guidanceScale(3).options(),
            new GuidanceInterval(300, 700));
    StepPlan plan = StepPlan.of(options, SCHEDULE);

    assertThat(List.of(plan.turnsAt(0), plan.turnsAt(1), plan.turnsAt(2), plan.turnsAt(3)))
        .containsExactly(false, true, false, true);
    // Each of the three steps is a first one then, as those of DDIM are.
    SamplingOptions once =
        with(SamplingSetup.of(options).steps(3).options(), new GuidanceInterval(500, 500));
    float[] solved = sample(once);
    float[] first =
        sample(
            with(
                SamplingSetup.of(SamplerKind.DDIM, 3).guidanceScale(3).options(),
                once.guidanceInterval()));
    for (int i = 0; i < first.length; i++) {
      assertThat(solved[i]).isCloseTo(first[i], within(1e-5f));
    }
  }

  @Test
  void aStepWhoseBranchesAreOthersThanBeforeKeepsItsFeatures() {
    SamplingOptions options =
        with(
            SamplingSetup.of(SamplerKind.DDIM, 7)
                .guidanceScale(3)
                .deepCache(new DeepCache(3, 2))
                .options(),
            new GuidanceInterval(300, 900));

    // 999 | 832, 666, 500, 333 | 166, 0; whole are the 1st, 4th and 7th in any case.
    assertThat(StepPlan.of(options, SCHEDULE).steps().stream().map(s -> s.reach().part()))
        .containsExactly(
            Reach.Part.KEEPING,
            Reach.Part.KEEPING,
            Reach.Part.SHALLOW,
            Reach.Part.KEEPING,
            Reach.Part.SHALLOW,
            Reach.Part.KEEPING,
            Reach.Part.KEEPING);
  }

  private static float[] sample(SamplingOptions options) {
    return sampler(new Network(new ArrayList<>()))
        .sample(request(options), SamplingListener.NONE)
        .data();
  }

  private static SamplingOptions with(SamplingOptions options, GuidanceInterval interval) {
    return SamplingSetup.of(options).guidanceInterval(interval).options();
  }

  private static LatentSampler sampler(Network network) {
    return new LatentSampler(SCHEDULE, new Parameterization.LrResidual(0.2), 12, network);
  }

  private static LatentRequest request(SamplingOptions options) {
    FloatTensor zLr = new PhiloxNoise(7, "z").normal(NoiseDraw.POSTERIOR, 4, Window.whole(16, 24));
    return LatentRequest.of(zLr.reshape(1, 4, 16, 24), options, new PhiloxNoise(1, "a"));
  }

  /** Its branches differ; notes timestep and number of branches of every call. */
  private record Network(List<String> calls) implements TilePredictor {
    @Override
    public List<FloatTensor> predict(
        FloatTensor x, FloatTensor zLr, int timestep, List<GuidanceBranch> branches) {
      calls.add(timestep + ": " + branches.size());
      List<FloatTensor> outputs = new ArrayList<>();
      for (GuidanceBranch branch : branches) {
        FloatTensor output = x.copy();
        for (int i = 0; i < output.size(); i++) {
          output.data()[i] *= branch == GuidanceBranch.POSITIVE ? 0.5f : 0.3f;
        }
        outputs.add(output);
      }
      return outputs;
    }
  }
}
