package io.stablesr.engine;

import io.stablesr.core.ErrorCode;
import io.stablesr.core.StableSrException;

/**
 * How native calls share a processor.
 *
 * @param threads most threads of one call; 0 leaves libtorch's choice
 * @param tasks tasks that run at once in this process, each of which may want so many threads
 * @param smallCallGflop calls of at most so much work, in billions of operations, have one thread
 *     and run beside each other; with 0 every call has all threads, and calls take turns
 */
public record ProcessorUse(int threads, int tasks, double smallCallGflop) {
  private static final int MOST_THREADS = 1024;

  private static final double MOST_GFLOP = 1e9;

  /** Checks the ranges. */
  public ProcessorUse {
    if (threads < 0 || threads > MOST_THREADS) {
      throw new StableSrException(
          ErrorCode.CONFIG,
          "model.threads is %d; it must be in 0..%d.".formatted(threads, MOST_THREADS));
    }
    if (tasks < 1) {
      throw new IllegalArgumentException("There are %d tasks".formatted(tasks));
    }
    if (!(smallCallGflop >= 0 && smallCallGflop <= MOST_GFLOP)) {
      throw new StableSrException(
          ErrorCode.CONFIG,
          "model.small-call-gflop is %s; it must be in 0..%.0f."
              .formatted(smallCallGflop, MOST_GFLOP));
    }
  }

  /** Calls of so many threads that take turns. */
  public static ProcessorUse turns(int threads) {
    return new ProcessorUse(threads, 1, 0);
  }

  /**
   * Threads of a larger call.
   *
   * @param standard threads where that is left to libtorch
   */
  public int mostThreads(int standard) {
    return threads > 0 ? threads : standard;
  }

  /**
   * Threads of all calls at once: more than the processors would only get into each other's way.
   *
   * @param standard as for {@link #mostThreads}
   * @param cores processors that there are
   */
  public int places(int standard, int cores) {
    int most = mostThreads(standard);
    return (int) Math.max(most, Math.min((long) most * tasks, cores));
  }

  /** The same in a process with so many tasks. */
  public ProcessorUse withTasks(int otherTasks) {
    return new ProcessorUse(threads, otherTasks, smallCallGflop);
  }
}
