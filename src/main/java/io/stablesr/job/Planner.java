package io.stablesr.job;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/** Packs images into partitions of nearly equal cost. */
public final class Planner {
  private Planner() {}

  /**
   * Longest processing time first: the dearest image left goes to the bin with the least cost
   * (Graham 1969: at most 4/3 of the best makespan). Depends on the items only, not on their order;
   * each bin has its dearest image first, so that what is left at the end is short.
   *
   * @param binCount bins wanted; there are never more bins than items
   */
  public static List<List<WorkItem>> pack(List<WorkItem> items, int binCount) {
    if (binCount < 1) {
      throw new IllegalArgumentException("Cannot pack into %d bins".formatted(binCount));
    }
    List<Bin> bins = new ArrayList<>();
    for (int i = 0; i < Math.min(binCount, items.size()); i++) {
      bins.add(new Bin(i));
    }
    PriorityQueue<Bin> emptiest =
        new PriorityQueue<>(
            Comparator.comparingLong((Bin bin) -> bin.cost).thenComparingInt(bin -> bin.index));
    emptiest.addAll(bins);
    List<WorkItem> dearestFirst = new ArrayList<>(items);
    dearestFirst.sort(
        Comparator.comparingLong(WorkItem::cost).reversed().thenComparing(WorkItem::id));
    for (WorkItem item : dearestFirst) {
      Bin bin = emptiest.remove();
      bin.items.add(item);
      bin.cost += item.cost();
      emptiest.add(bin);
    }
    return bins.stream().map(bin -> List.copyOf(bin.items)).toList();
  }

  private static final class Bin {
    private final int index;
    private final List<WorkItem> items = new ArrayList<>();
    private long cost;

    private Bin(int index) {
      this.index = index;
    }
  }
}
