package io.stablesr.sweep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class SweepSummaryTest {
  private static Observation row(
      String set, String image, String label, String protocol, long seed, double psnr) {
    return new Observation(
        set,
        image,
        new Observation.Group("product", "stablesr", label, "id of " + label, protocol),
        seed,
        Observation.Outcome.SCORED,
        Map.of("psnr", psnr));
  }

  @Test
  void seedsAreAveragedPerPictureFirst() {
    List<SummaryLine> lines =
        SweepSummary.of(
            List.of(
                row("one", "a", "w=0", "p", 1, 20),
                row("one", "a", "w=0", "p", 2, 22),
                row("one", "b", "w=0", "p", 1, 30),
                row("one", "b", "w=0", "p", 2, 34)),
            Optional.empty());

    assertThat(lines).hasSize(1);
    SummaryLine line = lines.get(0);
    assertThat(line.images()).isEqualTo(2);
    assertThat(line.seeds()).isEqualTo(2);
    assertThat(line.mean()).isEqualTo(26.5);
    // Means over pictures are 25 and 28; pictures move by sqrt 2 and 2 sqrt 2.
    assertThat(line.seedDeviation().getAsDouble()).isCloseTo(3 / Math.sqrt(2), within(1e-12));
    assertThat(line.imageSeedDeviation().getAsDouble())
        .isCloseTo(1.5 * Math.sqrt(2), within(1e-12));
    assertThat(line.low()).isEqualTo(21);
    assertThat(line.high()).isEqualTo(32);
    assertThat(line.comparison()).isEmpty();
  }

  @Test
  void setsAndProtocolsAreNeverAveragedOrComparedTogether() {
    List<SummaryLine> lines =
        SweepSummary.of(
            List.of(
                row("one", "a", "base", "p", 0, 20),
                row("one", "a", "w=0", "p", 0, 21),
                row("one", "a", "w=0", "q", 0, 41),
                row("two", "a", "w=0", "p", 0, 61)),
            Optional.of("base"));

    assertThat(lines).hasSize(4);
    assertThat(lines.stream().map(SummaryLine::mean))
        .containsExactlyInAnyOrder(20.0, 21.0, 41.0, 61.0);
    List<SummaryLine> compared =
        lines.stream().filter(line -> line.comparison().isPresent()).toList();
    assertThat(compared).hasSize(1);
    assertThat(compared.get(0).mean()).isEqualTo(21.0);
    assertThat(compared.get(0).comparison().orElseThrow().difference()).isEqualTo(1.0);
    assertThat(compared.get(0).comparison().orElseThrow().wins()).isEqualTo(1);
  }

  @Test
  void failedRowsAreCountedAndPairsAreOfPicturesThatBothHave() {
    Observation failed =
        new Observation(
            "one",
            "c",
            new Observation.Group("product", "stablesr", "w=0", "id of w=0", "p"),
            0,
            Observation.Outcome.FAILED,
            Map.of());
    List<SummaryLine> lines =
        SweepSummary.of(
            List.of(
                row("one", "a", "base", "p", 0, 20),
                row("one", "b", "base", "p", 0, 21),
                row("one", "c", "base", "p", 0, 50),
                row("one", "a", "w=0", "p", 0, 19),
                row("one", "b", "w=0", "p", 0, 23),
                failed),
            Optional.of("base"));

    SummaryLine line =
        lines.stream().filter(l -> l.group().label().equals("w=0")).findFirst().orElseThrow();
    assertThat(line.failed()).isEqualTo(1);
    assertThat(line.images()).isEqualTo(2);
    SummaryLine.Comparison comparison = line.comparison().orElseThrow();
    assertThat(comparison.images()).isEqualTo(2);
    assertThat(comparison.difference()).isEqualTo(0.5);
    assertThat(comparison.wins()).isEqualTo(1);
  }

  @Test
  void pValuesAreCorrectedForTheirNumber() {
    List<Observation> rows = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      rows.add(row("one", "i" + i, "base", "p", 0, 20));
      rows.add(row("one", "i" + i, "clear", "p", 0, 21 + 0.1 * i));
      rows.add(row("one", "i" + i, "unclear", "p", 0, i % 2 == 0 ? 19 : 21.5));
    }
    Map<String, SummaryLine.Comparison> found = new HashMap<>();
    for (SummaryLine line : SweepSummary.of(rows, Optional.of("base"))) {
      line.comparison().ifPresent(comparison -> found.put(line.group().label(), comparison));
    }

    // Of 64 choices of signs only the two with equal signs are as extreme.
    assertThat(found.get("clear").pValue()).isEqualTo(2.0 / 64);
    assertThat(found.get("clear").pHolm()).isEqualTo(4.0 / 64);
    assertThat(found.get("unclear").pHolm())
        .isEqualTo(found.get("unclear").pValue())
        .isGreaterThan(0.3);
  }

  @Test
  void theSampledTestAgreesWithTheExactOne() {
    SplittableRandom random = new SplittableRandom(7);
    double[] differences = new double[17];
    int extreme = 0;
    double sum = 0;
    for (int i = 0; i < differences.length; i++) {
      differences[i] = random.nextDouble(-1, 1.6);
      sum += differences[i];
    }
    for (int signs = 0; signs < 1 << 17; signs++) {
      double flipped = 0;
      for (int i = 0; i < 17; i++) {
        flipped += (signs >> i & 1) == 0 ? differences[i] : -differences[i];
      }
      extreme += Math.abs(flipped) >= Math.abs(sum) - 1e-12 ? 1 : 0;
    }

    assertThat(SignFlipTest.pValue(differences))
        .isCloseTo(extreme / (double) (1 << 17), within(0.015));
  }

  @Test
  void publishedFiguresCarryTheirSource() {
    List<PublishedFigures.Line> lines = PublishedFigures.read();

    assertThat(lines)
        .filteredOn(line -> line.dataSet().equals("realsr") && line.method().equals("StableSR-200"))
        .singleElement()
        .satisfies(
            line -> {
              assertThat(line.values())
                  .containsEntry("psnr", "24.70")
                  .containsEntry("fid", "128.51");
              assertThat(line.source()).contains("OSEDiff");
            });
    assertThat(lines).allSatisfy(line -> assertThat(line.source()).isNotBlank());
  }

  @Test
  void fieldsWithCommasAndQuotesSurviveTheTextFile() {
    String csv =
        SummaryText.csv(
            SweepSummary.of(
                List.of(row("one", "a", "prompt=\"good, sharp\"", "p", 0, 20)), Optional.empty()));

    assertThat(csv.lines()).hasSize(2);
    assertThat(csv)
        .contains(",\"prompt=\"\"good, sharp\"\"\",")
        .contains(",psnr,higher,1,1,0,20.0,");
  }
}
