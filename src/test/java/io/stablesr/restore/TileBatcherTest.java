package io.stablesr.restore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stablesr.core.ErrorCode;
import io.stablesr.core.FloatTensor;
import io.stablesr.core.StableSrException;
import io.stablesr.diffusion.DeepCache.Reach;
import io.stablesr.diffusion.DeepCache.Reach.Part;
import io.stablesr.restore.TileBatcher.Member;
import io.stablesr.restore.TileBatcher.Tile;
import io.stablesr.restore.TileBatcher.TileDepth;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.ToIntFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** With a predictor that adds the timestep to its tiles and notes the size of every call. */
@Timeout(60)
class TileBatcherTest {
  private final List<Integer> calls = Collections.synchronizedList(new ArrayList<>());
  private final List<ErrorCode> interrupted = Collections.synchronizedList(new ArrayList<>());
  private final ExecutorService images = Executors.newCachedThreadPool();

  @AfterEach
  void close() {
    images.shutdownNow();
  }

  @Test
  void imagesOfOneTileShareEveryCall() {
    TileBatcher batcher = batcher(tiles -> false);

    List<CompletableFuture<Void>> four = start(batcher, 4, 1, 4, 10);
    four.forEach(CompletableFuture::join);

    assertThat(calls).hasSize(10).containsOnly(4);
  }

  @Test
  void aCallIsNoLargerThanTheTileBatch() {
    TileBatcher batcher = batcher(tiles -> false);

    start(batcher, 3, 5, 4, 6).forEach(CompletableFuture::join);

    assertThat(calls.stream().mapToInt(Integer::intValue)).allMatch(size -> size <= 4);
    assertThat(calls.stream().mapToInt(Integer::intValue).sum()).isEqualTo(3 * 5 * 6);
    // Alone each image would need two calls per step.
    assertThat(calls).hasSizeLessThan(3 * 2 * 6);
  }

  @Test
  void imagesOfDifferentTileSizesDoNotWaitForEachOther() {
    TileBatcher batcher = batcher(tiles -> false);
    try (Member small = batcher.join(4);
        Member large = batcher.join(4)) {
      evaluateBoth(small, large);

      // The other image is away, and its tiles would not fit.
      evaluate(large, 1, 16, 4);
      evaluate(small, 1, 8, 5);
    }
    assertThat(calls).containsExactly(1, 1, 1, 1);
  }

  @Test
  void anImageThatLeavesIsNotWaitedFor() {
    TileBatcher batcher = batcher(tiles -> false);
    Member quick = batcher.join(4);
    try (Member slow = batcher.join(4)) {
      CompletableFuture<Void> waiting =
          CompletableFuture.runAsync(() -> evaluate(slow, 1, 8, 1), images);
      quick.close();
      waiting.join();
    }
    assertThat(calls).containsExactly(1);
  }

  @Test
  void onlyTheImageAtFaultFails() {
    TileBatcher batcher = batcher(tiles -> tiles.stream().anyMatch(tile -> tile.timestep() == 13));
    try (Member good = batcher.join(4);
        Member bad = batcher.join(4)) {
      CompletableFuture<Void> failing =
          CompletableFuture.runAsync(() -> evaluate(bad, 1, 8, 13), images);
      evaluate(good, 2, 8, 1);

      assertThatThrownBy(failing::join)
          .isInstanceOf(CompletionException.class)
          .hasMessageContaining("no memory");
    }
    assertThat(calls).containsExactlyInAnyOrder(3, 2, 1);
  }

  @Test
  void afterALackOfMemoryCommonCallsAreHalfAsLarge() {
    TileBatcher batcher = batcher(tiles -> tiles.size() > 3);

    start(batcher, 4, 1, 4, 3).forEach(CompletableFuture::join);

    assertThat(calls.get(0)).isEqualTo(4);
    assertThat(calls.subList(1, 5)).containsOnly(1);
    List<Integer> later = calls.subList(5, calls.size());
    // Images that run ahead may leave another alone at the end.
    assertThat(later).contains(2).allMatch(size -> size <= 2);
    assertThat(later.stream().mapToInt(Integer::intValue).sum()).isEqualTo(4 * 2);
  }

  @Test
  void anInterruptedImageGivesUpAndTheOthersGoOn() throws InterruptedException {
    TileBatcher batcher = batcher(tiles -> false);
    CountDownLatch joined = new CountDownLatch(1);
    List<Throwable> thrown = Collections.synchronizedList(new ArrayList<>());
    try (Member patient = batcher.join(4)) {
      Thread interrupted =
          new Thread(
              () -> {
                try (Member member = batcher.join(4)) {
                  joined.countDown();
                  evaluate(member, 1, 8, 2);
                } catch (StableSrException e) {
                  thrown.add(e);
                  thrown.add(Thread.currentThread().isInterrupted() ? e : null);
                }
              });
      interrupted.start();
      joined.await();
      interrupted.interrupt();
      interrupted.join(TimeUnit.SECONDS.toMillis(30));

      evaluate(patient, 1, 8, 1);
    }
    assertThat(thrown).hasSize(2).doesNotContainNull();
    assertThat(((StableSrException) thrown.get(0)).code()).isEqualTo(ErrorCode.CANCELLED);
    assertThat(calls).containsExactly(1);
  }

  @Test
  void anInterruptDuringACallIsNoFaultOfTheOtherImages() {
    AtomicBoolean first = new AtomicBoolean(true);
    // As code that reads a file fails when its thread is interrupted.
    TileBatcher batcher =
        batcher(
            tiles -> {
              if (first.getAndSet(false)) {
                Thread.currentThread().interrupt();
                return true;
              }
              return false;
            });

    List<Throwable> failures =
        start(batcher, 2, 1, 2, 1).stream()
            .map(image -> image.handle((nothing, failure) -> failure).join())
            .filter(Objects::nonNull)
            .toList();

    assertThat(failures).hasSize(1);
    assertThat(failures.get(0))
        .cause()
        .isInstanceOfSatisfying(
            StableSrException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CANCELLED));
    assertThat(calls).containsExactly(2, 1);
  }

  @Test
  void onlyTilesThatAreEvaluatedEquallyDeepShareACall() {
    TileBatcher batcher = batcher(tiles -> false);
    Reach[] reaches = {
      new Reach(Part.KEEPING, 1), new Reach(Part.SHALLOW, 1), new Reach(Part.SHALLOW, 2)
    };
    List<Member> members = IntStream.range(0, 6).mapToObj(i -> batcher.join(8)).toList();

    List<CompletableFuture<Void>> all =
        IntStream.range(0, 6)
            .mapToObj(
                i ->
                    CompletableFuture.runAsync(
                        () -> {
                          try (Member member = members.get(i)) {
                            evaluate(member, 1, 8, i, reaches[i % 3]);
                          }
                        },
                        images))
            .toList();
    all.forEach(CompletableFuture::join);

    // Each waits for all others, as they could have been evaluated equally deep.
    assertThat(calls).containsExactly(2, 2, 2);
  }

  @Test
  void callsOfDifferentTileSizesRunAtOnceAndEachTileInOneOfThem() {
    CountDownLatch bothCalled = new CountDownLatch(2);
    TileBatcher batcher = atOnce(2, bothCalled::countDown, bothCalled);
    try (Member small = batcher.join(4);
        Member large = batcher.join(4)) {
      evaluateBoth(small, large);
    }
    assertThat(calls).containsExactly(1, 1);

    calls.clear();
    // More images than calls, more tiles than a call holds.
    start(batcher, 5, 3, 4, 20).forEach(CompletableFuture::join);
    assertThat(calls.stream().mapToInt(Integer::intValue)).allMatch(size -> size <= 4);
    assertThat(calls.stream().mapToInt(Integer::intValue).sum()).isEqualTo(5 * 3 * 20);
  }

  @Test
  void whatComesWhileAllCallsAreTakenSharesTheNext() throws InterruptedException {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch end = new CountDownLatch(1);
    TileBatcher batcher = atOnce(1, begun::countDown, end);
    Member first = batcher.join(4);
    CompletableFuture<Void> early =
        CompletableFuture.runAsync(() -> evaluate(first, 1, 8, 1), images);
    begun.await();
    // One after the other, so that none waits for another that has not asked yet.
    List<Thread> late = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      late.add(asking(batcher, 8));
    }
    end.countDown();
    early.join();
    first.close();
    for (Thread one : late) {
      one.join();
    }

    assertThat(calls).containsExactly(1, 3);
  }

  @Test
  void aLargeCallIsNotOvertakenBySmallOnes() throws InterruptedException {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch end = new CountDownLatch(1);
    List<Integer> sides = Collections.synchronizedList(new ArrayList<>());
    TileBatcher batcher =
        atOnce(
            tile -> tile.x().dim(2) < 16 ? 2 : 1,
            tile -> {
              // The last two may begin at once when the first has ended; the larger one is noted
              // first.
              while (tile.x().dim(2) == 4 && !sides.contains(16)) {
                Thread.onSpinWait();
              }
              sides.add(tile.x().dim(2));
              begun.countDown();
            },
            end);
    Thread small = asking(batcher, 8);
    begun.await();
    List<Thread> later = List.of(asking(batcher, 16), asking(batcher, 4));

    assertThat(sides).containsExactly(8);
    end.countDown();
    small.join();
    for (Thread one : later) {
      one.join();
    }
    assertThat(sides).containsExactly(8, 16, 4);
  }

  /** An image that asks for a tile of its own size and waits for it, here or in the call. */
  private static Thread asking(TileBatcher batcher, int side) {
    Member member = batcher.join(4);
    Thread image =
        new Thread(
            () -> {
              try (member) {
                evaluate(member, 1, side, 2);
              }
            });
    image.start();
    while (image.getState() != Thread.State.WAITING) {
      Thread.onSpinWait();
    }
    return image;
  }

  @Test
  void anImageThatGaveUpDuringTheCallOfAnotherIsNotWaitedForLater() throws InterruptedException {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch end = new CountDownLatch(1);
    TileBatcher batcher = atOnce(1, begun::countDown, end);
    Member patient = batcher.join(4);
    Member hasty = batcher.join(4);
    Thread first =
        new Thread(
            () -> {
              try (hasty) {
                evaluate(hasty, 1, 8, 1);
              } catch (StableSrException e) {
                interrupted.add(e.code());
              }
            });
    first.start();
    while (first.getState() != Thread.State.WAITING) {
      Thread.onSpinWait();
    }
    // The last one that comes makes the call.
    CompletableFuture<Void> second =
        CompletableFuture.runAsync(() -> evaluate(patient, 1, 8, 2), images);
    begun.await();
    first.interrupt();
    first.join();
    end.countDown();
    second.join();

    // With the first one still counted, this would wait for ever.
    evaluate(patient, 1, 8, 3);

    assertThat(calls).containsExactly(2, 1);
    assertThat(interrupted).containsExactly(ErrorCode.CANCELLED);
  }

  private TileBatcher atOnce(int most, Runnable begun, CountDownLatch end) {
    return atOnce(tile -> most, tile -> begun.run(), end);
  }

  /** Counts its calls, tells of each with its first tile and waits in it. */
  private TileBatcher atOnce(ToIntFunction<Tile> most, Consumer<Tile> begun, CountDownLatch end) {
    return new TileBatcher(
        new TileBatcher.Evaluator() {
          @Override
          public List<List<FloatTensor>> evaluate(List<Tile> tiles) {
            calls.add(tiles.size());
            begun.accept(tiles.get(0));
            await(end);
            return tiles.stream().map(tile -> List.of(shifted(tile))).toList();
          }

          @Override
          public int callsAtOnce(Tile tile, int tiles) {
            return most.applyAsInt(tile);
          }
        });
  }

  /** A small tile of one image and at the same time a large one of another. */
  private void evaluateBoth(Member small, Member large) {
    CompletableFuture<Void> first =
        CompletableFuture.runAsync(() -> evaluate(small, 1, 8, 7), images);
    evaluate(large, 1, 16, 3);
    first.join();
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private List<CompletableFuture<Void>> start(
      TileBatcher batcher, int count, int tiles, int tileBatch, int steps) {
    // All are in flight before the first asks.
    List<Member> members =
        IntStream.range(0, count).mapToObj(i -> batcher.join(tileBatch)).toList();
    return members.stream()
        .map(
            member ->
                CompletableFuture.runAsync(
                    () -> {
                      try (member) {
                        for (int step = 0; step < steps; step++) {
                          evaluate(member, tiles, 8, 100 * step + members.indexOf(member));
                        }
                      }
                    },
                    images))
        .toList();
  }

  /** Evaluates tiles of an image at its own timestep and checks that it gets its own results. */
  private static void evaluate(Member member, int count, int side, int timestep) {
    evaluate(member, count, side, timestep, Reach.WHOLE);
  }

  private static void evaluate(Member member, int count, int side, int timestep, Reach reach) {
    List<Tile> tiles = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      FloatTensor x = FloatTensor.zeros(1, 4, side, side);
      x.data()[0] = i;
      tiles.add(new Tile(x, x, timestep, List.of("text"), depth(reach)));
    }
    List<List<FloatTensor>> outputs = member.evaluate(tiles);
    assertThat(outputs).hasSize(count);
    for (int i = 0; i < count; i++) {
      assertThat(outputs.get(i).get(0).data()[0]).isEqualTo(i + timestep);
    }
  }

  private static TileDepth depth(Reach reach) {
    KeptFeatures none =
        new KeptFeatures(
            () -> {
              throw new IllegalStateException("Batching itself keeps nothing.");
            });
    return new TileDepth(reach, none, 0);
  }

  private TileBatcher batcher(Predicate<List<Tile>> fails) {
    return new TileBatcher(
        tiles -> {
          calls.add(tiles.size());
          assertThat(tiles).allMatch(tile -> tile.fits(tiles.get(0)));
          if (fails.test(tiles)) {
            throw new StableSrException(ErrorCode.OUT_OF_MEMORY, "There is no memory.");
          }
          return tiles.stream().map(tile -> List.of(shifted(tile))).toList();
        });
  }

  private static FloatTensor shifted(Tile tile) {
    FloatTensor output = tile.x().copy();
    output.data()[0] += tile.timestep();
    return output;
  }
}
