package io.stablesr.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Test;

class QuickBoundTest {
  @Test
  void aRatioBelowItsBoundIsMissed() {
    QuickBound bound = bound(Optional.of(1.59));

    assertThat(bound.missed()).isTrue();
    assertThat(bound.line()).endsWith("1.59   1.60   2.20  MISSED");
  }

  @Test
  void oneBelowWhatIsWantedIsHeldAndSaysSo() {
    QuickBound bound = bound(Optional.of(1.6));

    assertThat(bound.missed()).isFalse();
    assertThat(bound.line()).endsWith("held, below wanted");
    assertThat(bound(Optional.of(2.2)).line()).endsWith("  held");
  }

  @Test
  void oneThatDoesNotApplyIsNeitherHeldNorMissed() {
    QuickBound bound = bound(Optional.empty());

    assertThat(bound.missed()).isFalse();
    assertThat(bound.ratio()).isEqualTo("n/a");
    assertThat(bound.line()).endsWith("not applicable: no bf16 instructions");
  }

  private static QuickBound bound(Optional<Double> measured) {
    return new QuickBound("step-bf16", "step, bf16 / fp32 eager", 1.6, 2.2, measured);
  }
}
