package io.stablesr.spark;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TaskCountsTest {
  private final TaskCounts counts = new TaskCounts();

  @Test
  void aHeartbeatThatComesAfterTheEndOfItsTaskChangesNothing() {
    counts.keep(1, "images", 3);
    counts.keep(1, "images", 5);
    counts.succeeded(1);
    counts.keep(2, "images", 7);
    counts.failed(2);
    counts.keep(3, "images", 1);

    counts.keep(1, "images", 4);
    counts.keep(2, "images", 7);
    counts.succeeded(1);

    assertThat(counts.sum("images")).isEqualTo(6);
    assertThat(counts.sumOfAttempts("images")).isEqualTo(13);
    assertThat(counts.sum("tiles")).isZero();
  }
}
