package io.stablesr.graph;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class GraphCostTest {
  @Test
  void operationsAndMovedValuesAreThoseOfEachOperation() {
    Recorder recorder = new Recorder("two");
    Symbol x = recorder.input("x", 1, 3, 8, 10);
    Symbol y = x.convWithoutBias(new Scope("c"), 5, 3, 1, 1);
    recorder.output("y", y.plus(y));

    GraphCost cost = recorder.finish().cost();

    assertThat(cost.flops()).isEqualTo(2L * 5 * 80 * 27);
    // The convolution reads 240 values and 135 weights and writes 400; the sum reads 400 twice.
    assertThat(cost.movedElements()).isEqualTo(240 + 135 + 400 + 3 * 400);
  }

  @Test
  void lookingAtATensorDifferentlyMovesNothing() {
    Recorder recorder = new Recorder("view");
    Symbol x = recorder.input("x", 1, 6, 4, 4);
    recorder.output("y", x.toTokens().toImage(x));

    assertThat(recorder.finish().cost().movedElements()).isZero();
  }
}
