package io.stablesr.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class LearningRateTest {
  @Test
  void risesThenFallsAlongACosine() {
    LearningRate rate = new LearningRate(2e-4, 10, 1000, 0.1);
    assertThat(rate.at(1)).isCloseTo(2e-5, within(1e-9));
    assertThat(rate.at(500)).isCloseTo(2e-4 * 0.55, within(1e-9));
    assertThat(rate.at(1000)).isCloseTo(2e-5, within(1e-9));
    assertThat(rate.at(5000)).isCloseTo(2e-5, within(1e-9));
  }

  @Test
  void staysWithoutAnEnd() {
    assertThat(new LearningRate(5e-5, 0, 0, 1).at(1)).isEqualTo(5e-5);
    assertThat(new LearningRate(5e-5, 0, 0, 1).at(800_000)).isEqualTo(5e-5);
  }

  @Test
  void refusesNumbersThatMakeNoSense() {
    assertThatThrownBy(() -> new LearningRate(0, 0, 0, 1))
        .hasMessageStartingWith("learning-rate is base 0.0, warmup-steps 0")
        .hasMessageEndingWith("a share in 0..1.");
    assertThatThrownBy(() -> new LearningRate(1e-4, 0, 10, 2))
        .hasMessageContaining("final-share 2.0");
  }
}
