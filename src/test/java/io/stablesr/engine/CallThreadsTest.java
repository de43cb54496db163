package io.stablesr.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.pytorch.jni.JniUtils;
import io.stablesr.core.ErrorCode;
import io.stablesr.core.StableSrException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.DoubleToIntFunction;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Threads and turns of native calls, with calls that wait for each other. */
@Timeout(60)
class CallThreadsTest {
  private final ExecutorService callers = Executors.newCachedThreadPool();

  /** Loads libtorch. */
  @BeforeAll
  static void load() {
    TensorEngine.open(ComputeDevice.CPU, 0).close();
  }

  @AfterEach
  void close() {
    callers.shutdownNow();
  }

  @ParameterizedTest
  @CsvSource({
    // threads, tasks, small, standard, cores; of 0, 16, 16.1, 1000 GFLOP: threads, calls at once
    "0, 1, 16, 4, 8, 1 1 4 4, 4 4 1 1",
    "0, 8, 16, 4, 8, 1 1 4 4, 8 8 2 2",
    "2, 1, 16, 4, 8, 1 1 2 2, 2 2 1 1",
    "2, 3, 16, 4, 8, 1 1 2 2, 6 6 3 3",
    "2, 9, 16, 4, 8, 1 1 2 2, 8 8 4 4",
    "1, 2, 16, 2, 2, 1 1 1 1, 2 2 2 2",
    "6, 2, 16, 2, 2, 1 1 6 6, 6 6 1 1",
    "3, 2, 0, 4, 8, 3 3 3 3, 1 1 1 1",
  })
  void aCallHasThreadsByItsSize(
      int threads,
      int tasks,
      double smallCallGflop,
      int standard,
      int cores,
      String ofCalls,
      String atOnce) {
    CallThreads calls =
        CallThreads.onProcessor(new ProcessorUse(threads, tasks, smallCallGflop), standard, cores);

    assertThat(numbers(calls::threadsFor)).isEqualTo(ofCalls);
    assertThat(numbers(calls::callsAtOnce)).isEqualTo(atOnce);
  }

  private static String numbers(DoubleToIntFunction ofGflop) {
    return DoubleStream.of(0, 16, 16.1, 1000)
        .mapToInt(ofGflop)
        .mapToObj(Integer::toString)
        .collect(Collectors.joining(" "));
  }

  @Test
  void smallCallsRunBesideEachOther() {
    CallThreads calls = CallThreads.onProcessor(new ProcessorUse(3, 1, 16), 1, 1);
    CountDownLatch allHere = new CountDownLatch(3);

    List<CompletableFuture<Boolean>> three = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      three.add(start(() -> calls.run(1, () -> meet(allHere))));
    }

    assertThat(three).allMatch(CompletableFuture::join);
  }

  @ParameterizedTest
  @CsvSource({"33, 16, 1, 1", "1, 0, 1, 1", "33, 16, 2, 2", "1, 0, 2, 1"})
  void callsThatNeedAllThreadsTakeTurns(
      double gflop, double smallCallGflop, int tasks, int together) {
    CallThreads calls = CallThreads.onProcessor(new ProcessorUse(3, tasks, smallCallGflop), 1, 6);
    AtomicInteger inside = new AtomicInteger();
    List<Integer> seen = Collections.synchronizedList(new ArrayList<>());

    List<CompletableFuture<Boolean>> all = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      boolean alone = i % 4 == 3;
      all.add(
          start(
              () -> {
                Runnable call =
                    () -> {
                      seen.add(inside.incrementAndGet());
                      LockSupport.parkNanos(200_000);
                      inside.decrementAndGet();
                    };
                return alone ? calls.alone(() -> ran(call)) : calls.run(gflop, () -> ran(call));
              }));
    }

    assertThat(all).allMatch(CompletableFuture::join);
    assertThat(seen).hasSize(20).allMatch(count -> count <= together);
  }

  @Test
  void aCallThatFailsGivesItsThreadsBack() {
    CallThreads calls = CallThreads.takingTurns();

    assertThatThrownBy(
            () ->
                calls.run(
                    1,
                    () -> {
                      throw new IllegalArgumentException("no");
                    }))
        .hasMessage("no");
    assertThat(calls.<Integer>alone(() -> 5)).isEqualTo(5);
  }

  @Test
  void callsWithinCallsAreRefused() {
    CallThreads calls = CallThreads.onProcessor(new ProcessorUse(2, 1, 16), 1, 1);

    assertThatThrownBy(() -> calls.run(1, () -> calls.run(1, () -> 0)))
        .isInstanceOf(IllegalStateException.class);
  }

  /** Whatever another thread has asked libtorch for. */
  @Test
  void evaluationsHaveTheThreadsOfTheirCall() throws InterruptedException {
    try (TensorEngine engine = TensorEngine.open(ComputeDevice.CPU, new ProcessorUse(3, 1, 16))) {
      CallThreads calls = engine.calls();
      List<Integer> threads = Collections.synchronizedList(new ArrayList<>());
      Thread other = new Thread(() -> JniUtils.setNumThreads(7));
      other.start();
      other.join();

      CompletableFuture.runAsync(
              () -> {
                calls.settle();
                threads.add(TensorEngine.threads());
                for (double gflop : new double[] {1, 17}) {
                  threads.add(threadsAfter(calls::settle, calls, gflop));
                  threads.add(threadsAfter(calls::settleForCompiling, calls, gflop));
                }
                calls.settle();
                threads.add(TensorEngine.threads());
              },
              callers)
          .join();

      assertThat(threads).containsExactly(3, 1, 3, 3, 3, 3);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "-1|16|model.threads is -1; it must be in 0..1024.",
        "1025|16|model.threads is 1025; it must be in 0..1024.",
        "1|-1|model.small-call-gflop is -1.0; it must be in 0..1000000000.",
        "1|NaN|model.small-call-gflop is NaN; it must be in 0..1000000000.",
      })
  void impossibleSettingsAreRefused(int threads, double smallCallGflop, String message) {
    assertThatThrownBy(() -> new ProcessorUse(threads, 1, smallCallGflop))
        .isInstanceOf(StableSrException.class)
        .hasMessage(message)
        .extracting(e -> ((StableSrException) e).code())
        .isEqualTo(ErrorCode.CONFIG);
  }

  private static int threadsAfter(Runnable settling, CallThreads calls, double gflop) {
    return calls.run(
        gflop,
        () -> {
          settling.run();
          return TensorEngine.threads();
        });
  }

  private CompletableFuture<Boolean> start(Supplier<Boolean> call) {
    return CompletableFuture.supplyAsync(call, callers);
  }

  private static boolean ran(Runnable call) {
    call.run();
    return true;
  }

  private static boolean meet(CountDownLatch others) {
    others.countDown();
    try {
      others.await();
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
