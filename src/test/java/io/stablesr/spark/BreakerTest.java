package io.stablesr.spark;

import static org.assertj.core.api.Assertions.assertThat;

import io.stablesr.core.ErrorCode;
import io.stablesr.core.StableSrException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.SparkException;
import org.junit.jupiter.api.Test;

class BreakerTest {
  private final List<String> stops = new ArrayList<>();

  private Breaker breaker(int leastImages, double ratio) {
    return new Breaker(leastImages, ratio, () -> stops.add("stop"));
  }

  @Test
  void stopsOnceWhenMostOfTheFirstImagesFail() {
    Breaker breaker = breaker(10, 0.5);
    breaker.see(12, 9);
    assertThat(stops).isEmpty();
    breaker.reason("INPUT_READ: no answer");
    breaker.see(13, 10);
    breaker.see(14, 11);
    assertThat(stops).hasSize(1);
    assertThat(breaker.text())
        .isEqualTo(
            "10 of the latest 13 images failed because a store, the memory or the device failed (INPUT_READ: no answer).");
  }

  @Test
  void anOutageAfterManyGoodImagesIsSeenAtOnce() {
    Breaker breaker = breaker(10, 0.5);
    for (int images = 0; images <= 1_000_000; images += 1000) {
      breaker.see(images, 0);
    }
    breaker.see(1_000_005, 5);
    assertThat(stops).isEmpty();
    breaker.see(1_000_020, 20);
    assertThat(stops).hasSize(1);
  }

  @Test
  void aSteadyShareOfFailuresBelowTheRatioNeverStops() {
    Breaker breaker = breaker(10, 0.5);
    for (int images = 1; images <= 20_000; images++) {
      breaker.see(images, images * 4L / 10);
    }
    assertThat(stops).isEmpty();
  }

  @Test
  void zeroImagesNeverStop() {
    Breaker breaker = breaker(0, 0.5);
    breaker.see(1000, 1000);
    assertThat(stops).isEmpty();
  }

  @Test
  void countsThatAreRepeatedDoNotGrowTheWindow() {
    Breaker breaker = breaker(2, 0);
    for (int i = 0; i < 1000; i++) {
      breaker.see(5, 1);
    }
    assertThat(stops).isEmpty();
    breaker.see(6, 2);
    assertThat(stops).hasSize(1);
  }

  @Test
  void missingInputsAreNoOutage() {
    assertThat(ErrorCode.INPUT_NOT_FOUND.isOutage()).isFalse();
    assertThat(ErrorCode.IMAGE_DECODE.isOutage()).isFalse();
    assertThat(ErrorCode.INPUT_READ.isOutage()).isTrue();
    assertThat(ErrorCode.ENGINE.isOutage()).isTrue();
  }

  @Test
  void aStoreThatFailsBetweenImagesIsNamed() {
    Exception fault =
        new SparkException(
            "Job aborted due to stage failure",
            new IOException("re-open s3a://photos/x: injected (Service: S3, Status Code: 503)"));
    assertThat(UpscaleRunner.root(fault))
        .isInstanceOfSatisfying(
            StableSrException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.OUTPUT_WRITE))
        .hasMessageContaining("The store failed outside of any image")
        .hasMessageContaining("nothing is marked failed");
    assertThat(UpscaleRunner.root(new SparkException("no more workers")))
        .hasMessage("The Spark job failed: no more workers.");
  }
}
