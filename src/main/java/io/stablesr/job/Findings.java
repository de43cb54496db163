package io.stablesr.job;

import java.util.ArrayList;
import java.util.List;

/**
 * How many images something is true of, and what is said of the first few.
 *
 * @param count images
 * @param first a line for each of the first {@link #SHOWN} of them
 */
public record Findings(long count, List<String> first) {
  /** Lines that are kept; of the others only the number is. */
  public static final int SHOWN = 5;

  /** Nothing found. */
  public static final Findings NONE = new Findings(0, List.of());

  /** Takes a copy. */
  public Findings {
    first = List.copyOf(first);
  }

  /** Counts findings one by one. */
  public static final class Counter {
    private final List<String> first = new ArrayList<>();
    private long count;

    /** One more image. */
    public void add(String line) {
      count++;
      if (first.size() < SHOWN) {
        first.add(line);
      }
    }

    /** What was found so far. */
    public Findings findings() {
      return new Findings(count, first);
    }
  }
}
