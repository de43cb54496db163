package io.stablesr.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.stablesr.core.FloatTensor;
import java.util.Random;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class SeamMeasureTest {
  private static final int SIDE = 704;
  private static final SeamLines LINES = SeamLines.along(184, 64, 16, 4, 16);

  @Test
  void linesAreBordersAndTheMiddleBetweenThem() {
    // Tiles begin at 0, 48, 96 and 120 latents; the last overlaps by 40.
    assertThat(LINES.borders()).containsExactly(176, 240, 368, 432);
    assertThat(LINES.crossings()).containsExactly(208, 400);
    assertThat(LINES.excluded()).containsExactly(464, 544, 624);
    assertThat(LINES.distance(240)).isZero();
    assertThat(LINES.distance(225)).isEqualTo(15);
    assertThat(LINES.distance(560)).isEqualTo(16);
  }

  @Test
  void equalPicturesHaveNoSeams() {
    FloatTensor picture = picture();
    SeamMeasure measure = SeamMeasure.of(picture, picture, LINES, LINES);
    assertThat(measure.borderKinks()).isCloseTo(0, Offset.offset(1e-9));
    assertThat(measure.crossingKinks()).isCloseTo(0, Offset.offset(1e-9));
    assertThat(measure.differenceLevels()).isZero();
  }

  @Test
  void differencesThatAreTheSameEverywhereAreNoSeams() {
    FloatTensor untiled = picture();
    FloatTensor tiled = untiled.copy();
    Random random = new Random(2);
    for (int i = 0; i < tiled.size(); i++) {
      tiled.data()[i] += (float) (0.01 * random.nextGaussian());
    }
    SeamMeasure measure = SeamMeasure.of(tiled, untiled, LINES, LINES);
    assertThat(measure.borderKinks()).isCloseTo(0, Offset.offset(0.02));
    assertThat(measure.crossingKinks()).isCloseTo(0, Offset.offset(0.02));
    assertThat(measure.borderDifference()).isCloseTo(1, Offset.offset(0.02));
    assertThat(measure.crossingDifference()).isCloseTo(1, Offset.offset(0.02));
    assertThat(measure.differenceLevels()).isCloseTo(2.55, Offset.offset(0.02));
  }

  @Test
  void stepsAreSeenAtTheLinesWhereTheyAre() {
    assertThat(withStep(240).borderKinks()).isGreaterThan(0.1);
    assertThat(withStep(240).crossingKinks()).isCloseTo(0, Offset.offset(1e-6));
    assertThat(withStep(208).crossingKinks()).isGreaterThan(0.1);
    assertThat(withStep(208).borderKinks()).isCloseTo(0, Offset.offset(1e-6));
    assertThat(withStep(224).borderKinks()).isLessThan(0);
    assertThat(withStep(464).borderKinks()).isCloseTo(0, Offset.offset(1e-6));
  }

  /** A picture beside the same with a step of 5 levels before this column and this row. */
  private static SeamMeasure withStep(int line) {
    FloatTensor untiled = picture();
    FloatTensor tiled = untiled.copy();
    for (int i = 0; i < tiled.size(); i++) {
      int steps = (i % SIDE >= line ? 1 : 0) + (i / SIDE % SIDE >= line ? 1 : 0);
      tiled.data()[i] += steps * 5f / 255;
    }
    return SeamMeasure.of(tiled, untiled, LINES, LINES);
  }

  private static FloatTensor picture() {
    FloatTensor picture = FloatTensor.zeros(3, SIDE, SIDE);
    Random random = new Random(1);
    for (int i = 0; i < picture.size(); i++) {
      double wave = Math.sin(i % SIDE / 40.0) * Math.cos(i / SIDE % SIDE / 55.0);
      picture.data()[i] = (float) (0.5 + 0.2 * wave + 0.002 * random.nextGaussian());
    }
    return picture;
  }
}
