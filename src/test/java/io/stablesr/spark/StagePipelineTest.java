package io.stablesr.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stablesr.core.ErrorCode;
import io.stablesr.core.StableSrException;
import io.stablesr.spark.StagePipeline.Limits;
import io.stablesr.spark.StagePipeline.Stages;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class StagePipelineTest {
  private static final Limits LIMITS = new Limits(2, 1, 3, 60_000);

  @Test
  void everyElementPassesAllStagesInOrder() {
    List<String> log = Collections.synchronizedList(new ArrayList<>());
    List<Integer> results = new ArrayList<>();
    try (StagePipeline<Integer> pipeline =
        pipeline(
            20,
            new Stages<>(
                i -> log.add("read " + i),
                i -> log.add("compute " + i),
                i -> log.add("write " + i),
                i -> {}),
            LIMITS)) {
      pipeline.forEachRemaining(results::add);
    }

    assertThat(results).isEqualTo(IntStream.range(0, 20).boxed().toList());
    assertThat(log).hasSize(60);
    for (int i = 0; i < 20; i++) {
      assertThat(log.indexOf("read " + i)).isLessThan(log.indexOf("compute " + i));
      assertThat(log.indexOf("compute " + i)).isLessThan(log.indexOf("write " + i));
    }
  }

  @Test
  void readingGoesOnWhileTheSecondStageWorksAndIsBounded() throws InterruptedException {
    AtomicInteger read = new AtomicInteger();
    CountDownLatch readAhead = new CountDownLatch(3);
    try (StagePipeline<Integer> pipeline =
        pipeline(
            10,
            new Stages<>(
                i -> {
                  read.incrementAndGet();
                  readAhead.countDown();
                },
                i -> {
                  // The first element waits here until the two after it have been read.
                  assertThat(awaited(readAhead)).isTrue();
                  assertThat(read.get()).isLessThanOrEqualTo(i + 1 + LIMITS.ahead());
                },
                i -> {},
                i -> {}),
            LIMITS)) {
      assertThat(pipeline.next()).isZero();
    }
  }

  @Test
  void severalElementsAreInTheSecondStageAndLeaveInOrder() {
    CountDownLatch together = new CountDownLatch(3);
    AtomicInteger inSecond = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    List<Integer> results = new ArrayList<>();
    try (StagePipeline<Integer> pipeline =
        pipeline(
            12,
            new Stages<>(
                i -> {},
                i -> {
                  most.accumulateAndGet(inSecond.incrementAndGet(), Math::max);
                  together.countDown();
                  // The first three wait for each other, so they must have been there at once.
                  assertThat(awaited(together)).isTrue();
                  inSecond.decrementAndGet();
                },
                i -> {},
                i -> {}),
            new Limits(2, 3, 2, 60_000))) {
      pipeline.forEachRemaining(results::add);
    }

    assertThat(results).isEqualTo(IntStream.range(0, 12).boxed().toList());
    assertThat(most).hasValue(3);
  }

  @Test
  void closingInterruptsTheSecondStage() throws InterruptedException {
    CountDownLatch never = new CountDownLatch(1);
    CountDownLatch started = new CountDownLatch(2);
    CountDownLatch interrupted = new CountDownLatch(1);
    try (StagePipeline<Integer> pipeline =
        pipeline(
            4,
            new Stages<>(
                i -> {},
                i -> {
                  if (i == 0) {
                    assertThat(awaited(started)).isTrue();
                    throw new StableSrException(ErrorCode.CANCELLED, "enough");
                  }
                  started.countDown();
                  if (!awaited(never)) {
                    interrupted.countDown();
                  }
                },
                i -> {},
                i -> {}),
            new Limits(2, 3, 2, 60_000))) {
      assertThatThrownBy(pipeline::next).isInstanceOf(StableSrException.class).hasMessage("enough");
    }

    assertThat(interrupted.await(20, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void anElementBeyondTheDeadlineIsHandedToLateAndTheOthersGoOn() {
    CountDownLatch never = new CountDownLatch(1);
    List<Integer> late = new ArrayList<>();
    List<Integer> results = new ArrayList<>();
    try (StagePipeline<Integer> pipeline =
        pipeline(
            4,
            new Stages<>(
                i -> {
                  if (i == 1) {
                    awaited(never);
                  }
                },
                i -> {},
                i -> {},
                late::add),
            new Limits(2, 1, 2, 200))) {
      pipeline.forEachRemaining(results::add);
    }

    assertThat(results).containsExactly(0, 1, 2, 3);
    assertThat(late).containsExactly(1);
  }

  @Test
  void whatAStageThrowsEndsTheIteration() {
    try (StagePipeline<Integer> pipeline =
        pipeline(
            3,
            new Stages<>(
                i -> {},
                i -> {},
                i -> {
                  throw new StableSrException(ErrorCode.CANCELLED, "enough");
                },
                i -> {}),
            LIMITS)) {
      assertThatThrownBy(pipeline::next).isInstanceOf(StableSrException.class).hasMessage("enough");
    }
  }

  private static boolean awaited(CountDownLatch latch) {
    try {
      return latch.await(30, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private static StagePipeline<Integer> pipeline(int count, Stages<Integer> stages, Limits limits) {
    return new StagePipeline<>(IntStream.range(0, count).iterator(), stages, limits);
  }
}
