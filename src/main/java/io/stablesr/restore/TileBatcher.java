package io.stablesr.restore;

import io.stablesr.core.ErrorCode;
import io.stablesr.core.FloatTensor;
import io.stablesr.core.StableSrException;
import io.stablesr.diffusion.DeepCache;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Collects tile evaluations of several images into common calls. A call begins as soon as it is
 * full, or when no image that is being sampled could add to it because all that could wait already:
 * there is no clock. One of the waiting threads makes the call for all; where several may be made
 * at once, a tile is in one of them.
 *
 * <p>A call that fails is repeated for each of its images alone, so that only the one at fault
 * fails. After one that lacked memory, common calls are at most half as large.
 */
final class TileBatcher {
  private final Evaluator evaluator;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Deque<Ticket> waiting = new ArrayDeque<>();
  private final Set<Member> away = new HashSet<>();
  private int mostTiles = Integer.MAX_VALUE;
  private int calls;

  TileBatcher(Evaluator evaluator) {
    this.evaluator = evaluator;
  }

  /**
   * One tile to be evaluated.
   *
   * @param x noisy latent {@code [1,4,h,w]}
   * @param zLr latent of the low-resolution image at the same place
   * @param timestep original timestep, 0..999
   * @param texts text of each guidance branch
   * @param depth how deep the UNet is evaluated
   */
  record Tile(FloatTensor x, FloatTensor zLr, int timestep, List<String> texts, TileDepth depth) {
    Tile {
      texts = List.copyOf(texts);
    }

    /** Whether one call can evaluate both. */
    boolean fits(Tile other) {
      return sameSize(other)
          && texts.size() == other.texts.size()
          && depth.reach().equals(other.depth.reach());
    }

    /** Whether one call could evaluate both in steps of the same branches and depth. */
    boolean sameSize(Tile other) {
      return x.sameShape(other.x);
    }
  }

  /**
   * How deep a tile is evaluated, and where its deep features are kept.
   *
   * @param reach how deep
   * @param features those of its image
   * @param tile its number there
   */
  record TileDepth(DeepCache.Reach reach, KeptFeatures features, int tile) {}

  /** Evaluates tiles that fit each other in one call. */
  interface Evaluator {
    /** For each tile the output {@code [1,4,h,w]} of each branch. */
    List<List<FloatTensor>> evaluate(List<Tile> tiles);

    /** Calls of so many tiles like this one that can be made at once; others collect meanwhile. */
    default int callsAtOnce(Tile tile, int tiles) {
      return 1;
    }
  }

  /**
   * Announces an image that is being sampled: others wait for its tiles until it is closed.
   *
   * @param tileBatch most tiles of a call that its tiles are in
   */
  Member join(int tileBatch) {
    lock.lock();
    try {
      Member member = new Member(tileBatch);
      away.add(member);
      return member;
    } finally {
      lock.unlock();
    }
  }

  /** An image that is being sampled, by one thread. */
  final class Member implements AutoCloseable {
    private final int tileBatch;
    private Tile last;

    private Member(int tileBatch) {
      this.tileBatch = tileBatch;
    }

    /**
     * For each tile the output of each branch.
     *
     * @throws StableSrException CANCELLED when this thread is interrupted; what the evaluator
     *     throws for these tiles
     */
    List<List<FloatTensor>> evaluate(List<Tile> tiles) {
      Ticket ticket = new Ticket(this, tiles);
      lock.lock();
      try {
        last = tiles.get(0);
        waiting.add(ticket);
        away.remove(this);
        changed.signalAll();
        while (!ticket.isDone()) {
          if (Thread.interrupted()) {
            throw new InterruptedException();
          }
          Optional<Batch> ready = ready();
          if (ready.isPresent()) {
            call(ready.get());
          } else {
            changed.await();
          }
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new StableSrException(
            ErrorCode.CANCELLED, "Sampling was interrupted; nothing was kept, run it again.", e);
      } finally {
        leave(ticket);
        lock.unlock();
      }
      return ticket.outputs();
    }

    /** Whether its next tiles may fit this one; an image keeps its tile size. */
    private boolean mayFit(Tile tile) {
      return last == null || last.sameSize(tile);
    }

    @Override
    public void close() {
      lock.lock();
      try {
        away.remove(this);
        changed.signalAll();
      } finally {
        lock.unlock();
      }
    }
  }

  private void leave(Ticket ticket) {
    waiting.remove(ticket);
    away.add(ticket.member);
  }

  /** The call that is to be made next, if any; the lock is held. */
  private Optional<Batch> ready() {
    for (Ticket oldest : waiting) {
      if (oldest.called) {
        continue;
      }
      Batch batch = collect(oldest);
      Tile tile = oldest.tiles.get(0);
      if (batch.full || away.stream().noneMatch(member -> member.mayFit(tile))) {
        // Where it has to wait for others to end, younger ones must not begin before it.
        return calls < evaluator.callsAtOnce(tile, batch.size())
            ? Optional.of(batch)
            : Optional.empty();
      }
    }
    return Optional.empty();
  }

  /** Next tiles of a ticket and what fits them. */
  private Batch collect(Ticket oldest) {
    int most = Math.min(mostTiles, oldest.member.tileBatch);
    Map<Ticket, Integer> counts = new LinkedHashMap<>();
    int size = 0;
    for (Ticket ticket : waiting) {
      int limit = Math.min(most, ticket.member.tileBatch);
      int count = Math.min(limit - size, ticket.tiles.size() - ticket.outputs.size());
      if (count > 0 && !ticket.called && ticket.tiles.get(0).fits(oldest.tiles.get(0))) {
        counts.put(ticket, count);
        size += count;
        most = limit;
      }
    }
    return new Batch(counts, size >= most);
  }

  /** Makes a call without the lock, which is held before and after. */
  private void call(Batch batch) {
    calls++;
    batch.counts.keySet().forEach(ticket -> ticket.called = true);
    lock.unlock();
    Map<Ticket, List<List<FloatTensor>>> found = new LinkedHashMap<>();
    Map<Ticket, Throwable> failures = new LinkedHashMap<>();
    boolean tooLarge = false;
    try {
      tooLarge = evaluate(batch.counts, found, failures);
    } finally {
      lock.lock();
      calls--;
      batch.counts.keySet().forEach(ticket -> ticket.called = false);
      if (tooLarge) {
        mostTiles = Math.min(mostTiles, Math.max(1, batch.size() / 2));
      }
      found.forEach((ticket, outputs) -> ticket.outputs.addAll(outputs));
      failures.forEach((ticket, failure) -> ticket.failure = failure);
      // One whose image has given up meanwhile is not waited for again.
      batch.counts.keySet().stream()
          .filter(ticket -> ticket.isDone() && waiting.contains(ticket))
          .forEach(this::leave);
      changed.signalAll();
    }
  }

  /** Evaluates the next tiles of each ticket; tells whether memory was short for all together. */
  private boolean evaluate(
      Map<Ticket, Integer> counts,
      Map<Ticket, List<List<FloatTensor>>> found,
      Map<Ticket, Throwable> failures) {
    List<Tile> tiles = new ArrayList<>();
    counts.forEach((ticket, count) -> tiles.addAll(ticket.next(count)));
    try {
      List<List<FloatTensor>> outputs = evaluator.evaluate(tiles);
      int from = 0;
      for (Map.Entry<Ticket, Integer> entry : counts.entrySet()) {
        found.put(entry.getKey(), outputs.subList(from, from + entry.getValue()));
        from += entry.getValue();
      }
      return false;
    } catch (RuntimeException | OutOfMemoryError e) {
      if (Thread.currentThread().isInterrupted()) {
        // An interrupt may break what it meets. It is meant for this thread's image only, which
        // gives up when it waits next; another thread repeats the call.
        return false;
      }
      if (counts.size() == 1) {
        failures.put(counts.keySet().iterator().next(), e);
        return false;
      }
      counts.forEach((ticket, count) -> evaluate(Map.of(ticket, count), found, failures));
      return isOutOfMemory(e);
    }
  }

  private static boolean isOutOfMemory(Throwable failure) {
    return failure instanceof OutOfMemoryError
        || (failure instanceof StableSrException known && known.code() == ErrorCode.OUT_OF_MEMORY);
  }

  /**
   * What a call would evaluate.
   *
   * @param counts how many of its next tiles each ticket gives
   * @param full whether no more tiles would fit in
   */
  private record Batch(Map<Ticket, Integer> counts, boolean full) {
    int size() {
      return counts.values().stream().mapToInt(Integer::intValue).sum();
    }
  }

  /** Tiles that a thread waits for. Guarded by the lock. */
  private static final class Ticket {
    private final Member member;
    private final List<Tile> tiles;
    private final List<List<FloatTensor>> outputs = new ArrayList<>();
    private Throwable failure;
    private boolean called;

    Ticket(Member member, List<Tile> tiles) {
      this.member = member;
      this.tiles = List.copyOf(tiles);
    }

    List<Tile> next(int count) {
      return tiles.subList(outputs.size(), outputs.size() + count);
    }

    boolean isDone() {
      return failure != null || outputs.size() == tiles.size();
    }

    List<List<FloatTensor>> outputs() {
      if (failure instanceof Error error) {
        throw error;
      }
      if (failure != null) {
        throw (RuntimeException) failure;
      }
      return outputs;
    }
  }
}
