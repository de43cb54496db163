package io.stablesr.job;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/**
 * Packs images into partitions: longest processing time first, the dearest image left goes to the
 * partition with the least cost (Graham 1969: at most 4/3 of the best makespan). The result depends
 * on the items only, not on their order. Each partition has its dearest image first, so that what
 * is left at the end is short.
 */
public final class Planner {
  private static final Comparator<WorkItem> DEAREST_FIRST =
      Comparator.comparingLong(WorkItem::cost).reversed().thenComparing(WorkItem::id);

  private Planner() {}

  /**
   * Packs into a given number of partitions.
   *
   * @param binCount partitions wanted; there are never more than items
   */
  public static List<List<WorkItem>> pack(List<WorkItem> items, int binCount) {
    if (binCount < 1) {
      throw new IllegalArgumentException("Cannot pack into %d bins".formatted(binCount));
    }
    Bins bins =
        new Bins(
            Math.min(binCount, items.size()), Long.MAX_VALUE, Long.MAX_VALUE, Integer.MAX_VALUE);
    items.stream().sorted(DEAREST_FIRST).forEach(bins::add);
    return bins.all.stream().map(bin -> List.copyOf(bin.items)).toList();
  }

  /**
   * Packs into partitions that are bounded by cost and bytes; an image beyond a bound is a
   * partition of its own. The dearest partitions come first: Spark starts partitions in order, so
   * that it too takes the longest first.
   */
  public static List<List<WorkItem>> pack(List<WorkItem> items, PackingLimits limits) {
    long total = items.stream().mapToLong(WorkItem::cost).sum();
    Bins bins =
        new Bins(
            limits.bins(items.size(), total),
            limits.boundFor(total),
            limits.mostBytes(),
            PackingLimits.MOST_IMAGES);
    items.stream().sorted(DEAREST_FIRST).forEach(bins::add);
    return bins.all.stream()
        .filter(bin -> !bin.items.isEmpty())
        .sorted(
            Comparator.comparingLong((Bin bin) -> bin.cost)
                .reversed()
                .thenComparing(bin -> bin.items.get(0).id()))
        .map(bin -> List.copyOf(bin.items))
        .toList();
  }

  /** Cost of each partition. */
  public static long[] costs(List<List<WorkItem>> partitions) {
    return partitions.stream()
        .mapToLong(bin -> bin.stream().mapToLong(WorkItem::cost).sum())
        .toArray();
  }

  /**
   * When the last of several slots is done, if each takes the next partition as soon as it is free.
   *
   * @param costs cost of each partition in the order of their start
   */
  public static long makespan(long[] costs, int slots) {
    PriorityQueue<Long> free = new PriorityQueue<>();
    long end = 0;
    for (long cost : costs) {
      long start = free.size() < slots ? 0 : free.remove();
      free.add(start + cost);
      end = Math.max(end, start + cost);
    }
    return end;
  }

  private static final class Bin {
    private final int index;
    private final List<WorkItem> items = new ArrayList<>();
    private long cost;
    private long bytes;

    private Bin(int index) {
      this.index = index;
    }
  }

  /** Partitions while they are filled. */
  private static final class Bins {
    private final List<Bin> all = new ArrayList<>();
    private final PriorityQueue<Bin> open =
        new PriorityQueue<>(
            Comparator.comparingLong((Bin bin) -> bin.cost).thenComparingInt(bin -> bin.index));
    private final long mostCost;
    private final long mostBytes;
    private final int mostItems;

    Bins(int count, long mostCost, long mostBytes, int mostItems) {
      this.mostCost = mostCost;
      this.mostBytes = mostBytes;
      this.mostItems = mostItems;
      for (int i = 0; i < count; i++) {
        open.add(another());
      }
    }

    private Bin another() {
      Bin bin = new Bin(all.size());
      all.add(bin);
      return bin;
    }

    void add(WorkItem item) {
      Bin bin = binFor(item);
      bin.items.add(item);
      bin.cost += item.cost();
      bin.bytes += item.bytes();
      open.add(bin);
    }

    /** A bin with room, taken out of the queue. */
    private Bin binFor(WorkItem item) {
      boolean large = item.bytes() > mostBytes / 2;
      while (!open.isEmpty()) {
        Bin emptiest = open.peek();
        boolean costFits = item.cost() <= mostCost - emptiest.cost;
        boolean bytesFit = item.bytes() <= mostBytes - emptiest.bytes;
        boolean countFits = emptiest.items.size() < mostItems;
        if (emptiest.items.isEmpty() || (costFits && bytesFit && countFits)) {
          return open.remove();
        }
        if (!costFits || large) {
          // No other bin costs less, and a large file says nothing about how full this one is.
          return another();
        }
        // More than half full of bytes, or of images: done with.
        open.remove();
      }
      return another();
    }
  }
}
