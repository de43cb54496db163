package io.stablesr.job;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/** Measures the stages of one image. */
public final class StageClock {
  /** A piece of work that returns something or fails. */
  @FunctionalInterface
  public interface Stage<T, E extends Exception> {
    /** Does the work. */
    T run() throws E;
  }

  private final LongSupplier nanoTime;
  private final Map<String, Long> millis = new LinkedHashMap<>();

  /** A clock that reads elapsed nanoseconds from {@code nanoTime}. */
  public StageClock(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  /** Runs a stage and keeps its elapsed time, also when it fails. */
  public <T, E extends Exception> T time(String name, Stage<T, E> stage) throws E {
    long start = nanoTime.getAsLong();
    try {
      return stage.run();
    } finally {
      millis.merge(name, (nanoTime.getAsLong() - start) / 1_000_000, Long::sum);
    }
  }

  /** Adds times that were measured elsewhere. */
  public void add(Map<String, Long> stageMillis) {
    stageMillis.forEach((name, elapsed) -> millis.merge(name, elapsed, Long::sum));
  }

  /** Elapsed milliseconds per stage in the order the stages first ran. */
  public Map<String, Long> millis() {
    return new LinkedHashMap<>(millis);
  }
}
