package io.stablesr.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.stablesr.core.ErrorCode;
import io.stablesr.core.StableSrException;
import io.stablesr.job.ReportOptions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class ReportTableTest {
  private static final Map<String, String> ONE = ReportSamples.settings("0.5", "4");

  @Test
  void methodsAreNamedByWhatDiffers() {
    assertThat(ReportSamples.table().methods())
        .extracting(Method::name)
        .containsExactly("steps 1, w 0.0", "steps 4, w 0.0", "steps 1, w 1.0", "steps 4, w 1.0");
    assertThat(all(List.of(ONE))).extracting(Method::name).containsExactly("result");
    assertThat(
            all(
                List.of(
                    Map.of("method", "stablesr", "sampling.steps", "4", "bundle", "mini@1"),
                    Map.of("method", "stablesr", "sampling.steps", "8", "bundle", "mini@1"),
                    Map.of("method", "bicubic", "bundle", "bicubic@1"))))
        .extracting(Method::name)
        .containsExactly("stablesr, steps 4", "stablesr, steps 8", "bicubic");
    // What only failures vary is not in the names of results.
    Map<String, String> done = sorted("1", "LR_LATENT");
    Map<String, String> other = sorted("1", "PURE_NOISE");
    Map<String, String> failed = sorted("2", "LR_LATENT");
    assertThat(Method.of(List.of(done, other, failed), Set.of(done, other)))
        .extracting(Method::name)
        .containsExactly("start lr-latent", "start pure-noise", "guidance 2, start lr-latent");
    ReportCase mixed =
        ReportSamples.done("a", new LinkedHashMap<>(Map.of("b", "1", "c", "2", "a", "3")), 20, 1);
    assertThat(mixed.settings().keySet()).containsExactly("a", "b", "c");
    // One lacks what the other has: names are told apart all the same.
    assertThat(all(List.of(Map.of("a", "1"), Map.of("b", "1"))))
        .extracting(Method::name)
        .containsExactly("result", "result (2)");
  }

  /** In the order of names, as rows have them. */
  private static Map<String, String> sorted(String guidance, String start) {
    return new TreeMap<>(Map.of("guidance", guidance, "start", start));
  }

  private static List<Method> all(List<Map<String, String>> settings) {
    return Method.of(settings, Set.copyOf(settings));
  }

  @Test
  void methodsAreComparedOnImagesThatAllHaveFinished() {
    ReportTable table =
        new ReportTable(
            List.of(
                ReportSamples.done("easy", ReportSamples.settings("0.0", "1"), 40, 1),
                ReportSamples.done("both", ReportSamples.settings("0.0", "1"), 20, 1),
                ReportSamples.failed("easy", ReportSamples.settings("1.0", "1")),
                ReportSamples.done("both", ReportSamples.settings("1.0", "1"), 21, 1)));

    assertThat(table.common()).containsExactly("both");
    assertThat(CurveSection.score(table, table.common(), 0, "psnr").orElseThrow().mean())
        .isEqualTo(20);
  }

  @Test
  void seedsOfAnImageAreAveragedFirst() {
    ReportTable table =
        new ReportTable(
            List.of(
                ReportSamples.done("a", ONE, 20, 1),
                ReportSamples.done("a", ONE, 22, 1),
                ReportSamples.done("b", ONE, 30, 1)));

    Numbers.Mean mean = CurveSection.score(table, table.common(), 0, "psnr").orElseThrow();
    assertThat(mean.mean()).isEqualTo(25.5);
    assertThat(mean.count()).isEqualTo(2);
  }

  @Test
  void theWorstComeFirstAndTheOthersAreSpread() {
    List<ReportCase> cases = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      cases.add(ReportSamples.done("i%02d".formatted(i), ONE, 20 + i, 1000L * (i + 1)));
    }
    ReportTable table = new ReportTable(cases);

    Ranking ranking = Ranking.of(table, ReportSamples.options(8, 0));
    assertThat(ranking.by()).isEqualTo("psnr");
    assertThat(ranking.shown())
        .containsExactly("i00", "i01", "i02", "i03", "i04", "i21", "i38", "i39");
    ReportOptions byTime =
        new ReportOptions(3, 10_000, 1_000, 0, 0, List.of(), ReportOptions.TIME, 0);
    assertThat(Ranking.of(table, byTime).images()).startsWith("i39", "i38");
    assertThat(Ranking.of(table, byTime).shown()).containsExactly("i39", "i38", "i00");
    ReportOptions unknown = new ReportOptions(3, 10_000, 1_000, 0, 0, List.of(), "beauty", 0);
    assertThatThrownBy(() -> Ranking.of(table, unknown))
        .isInstanceOf(StableSrException.class)
        .hasMessage("report.rank-by is 'beauty'; this table has psnr and time.");
  }

  @Test
  void nothingToReportIsSaid() {
    assertThatThrownBy(() -> new ReportTable(List.of()))
        .isInstanceOfSatisfying(
            StableSrException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INPUT_NOT_FOUND))
        .hasMessage("There is nothing to report: the run has no rows.");
  }

  @Test
  void optionsAreChecked() {
    assertThatThrownBy(() -> ReportSamples.options(-1, 0))
        .hasMessage("report.images is -1; it must be in 0..10000.");
    assertThatThrownBy(() -> new ReportOptions(1, 10_000, 1, 0, 0, List.of("psnr", "fid"), "", 0))
        .hasMessageStartingWith("report.metrics is fid; it must be in the metrics of single");
    assertThatThrownBy(() -> new ReportOptions(1, 10_000, 1, 0, 0, List.of(), "", 1L << 32))
        .hasMessage("report.vote-seed is 4294967296; it must be in 0..4294967295.");
  }

  @Test
  void aLargeSampleGetsTheIntervalThatABootstrapWouldGive() {
    Random random = new Random(5);
    double[] few = random.doubles(5_000).toArray();
    double[] many = new double[5_001];
    System.arraycopy(few, 0, many, 0, few.length);
    many[5_000] = 0.5;

    Numbers.Mean resampled = Numbers.mean(few);
    Numbers.Mean normal = Numbers.mean(many);

    assertThat(normal.low()).isCloseTo(resampled.low(), within(5e-4));
    assertThat(normal.high()).isCloseTo(resampled.high(), within(5e-4));
  }

  @Test
  void numbersAreWrittenWithTheDigitsThatMatter() {
    assertThat(
            List.of(0.0, 0.1234, 5.678, 28.449, 1234.5, 1e-5, 4.2e7).stream().map(Numbers::brief))
        .containsExactly("0.000", "0.123", "5.68", "28.4", "1235", "1.00e-05", "4.20e+07");
    assertThat(Numbers.duration(59.94)).isEqualTo("59.9 s");
    assertThat(Numbers.duration(3599.6)).isEqualTo("1 h 00 min");
    assertThat(Numbers.duration(75)).isEqualTo("1 min 15 s");
    assertThat(Numbers.quantile(new double[] {4, 1, 3, 2}, 0.5)).isEqualTo(2.5);
  }

  @Test
  void axesReachOverTheirValuesWhateverTheyAre() {
    Random random = new Random(11);
    for (int round = 0; round < 500; round++) {
      double low = random.nextGaussian() * Math.pow(10, random.nextInt(9) - 4);
      double high = round % 5 == 0 ? low : low + random.nextDouble() * Math.abs(low) * 3;
      Axes axes = new Axes(low, high, low, high);
      for (double value : new double[] {low, high}) {
        assertThat(axes.x(value)).as("%s in %s..%s", value, low, high).isBetween(65.0, 441.0);
        assertThat(axes.y(value)).as("%s in %s..%s", value, low, high).isBetween(0.0, 261.0);
      }
    }
  }
}
