package io.stablesr.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PlannerTest {
  @Test
  void theDearestGoesToTheBinWithTheLeastCost() {
    assertThat(costs(Planner.pack(items(7, 5, 4, 3, 2, 1), 2)))
        .containsExactly(List.of(7L, 3L, 1L), List.of(5L, 4L, 2L));
  }

  @Test
  void thereAreNeverEmptyBins() {
    assertThat(Planner.pack(items(1, 1), 8)).hasSize(2);
    assertThat(Planner.pack(List.of(), 8)).isEmpty();
    assertThat(Planner.pack(List.of(), new PackingLimits(8, 10, 10))).isEmpty();
  }

  @Test
  void theOrderOfTheItemsDoesNotMatter() {
    List<WorkItem> items = items(new Random(1).longs(100, 1, 1000).toArray());
    List<WorkItem> shuffled = new ArrayList<>(items);
    Collections.shuffle(shuffled, new Random(2));

    List<List<WorkItem>> bins = Planner.pack(items, 7);

    assertThat(Planner.pack(shuffled, 7)).isEqualTo(bins);
    assertThat(bins.stream().flatMap(List::stream)).containsExactlyInAnyOrderElementsOf(items);
  }

  @Test
  void aPartitionHoldsNoMoreImagesThanAMessageToATask() {
    List<WorkItem> items = items(LongStream.range(0, 25_000).map(i -> 1).toArray());

    List<List<WorkItem>> partitions =
        Planner.pack(items, new PackingLimits(1, Long.MAX_VALUE / 2, Long.MAX_VALUE / 2));

    assertThat(partitions)
        .allSatisfy(
            partition -> assertThat(partition).hasSizeLessThanOrEqualTo(PackingLimits.MOST_IMAGES));
    assertThat(partitions.stream().flatMap(List::stream)).hasSize(25_000).doesNotHaveDuplicates();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void boundedPartitionsHoldEveryImageOnceAndKeepTheirBounds(long seed) {
    Random random = new Random(seed);
    List<WorkItem> items = new ArrayList<>();
    int count = 1 + random.nextInt(400);
    for (int i = 0; i < count; i++) {
      long cost = 1 + (long) (100 * Math.exp(random.nextGaussian()));
      long bytes = (long) (1000 * Math.exp(2 * random.nextGaussian()));
      items.add(new WorkItem("image-" + i, "", "", cost, Map.of(), "", "", bytes, ""));
    }
    PackingLimits limits =
        new PackingLimits(
            1 + random.nextInt(9), 100 + random.nextInt(900), 2000 + random.nextInt(20_000));
    List<WorkItem> shuffled = new ArrayList<>(items);
    Collections.shuffle(shuffled, random);

    List<List<WorkItem>> partitions = Planner.pack(items, limits);

    assertThat(Planner.pack(shuffled, limits)).isEqualTo(partitions);
    assertThat(partitions.stream().flatMap(List::stream))
        .containsExactlyInAnyOrderElementsOf(items);
    assertThat(partitions)
        .allSatisfy(
            partition -> {
              assertThat(partition).isNotEmpty();
              assertThat(partition).isSortedAccordingTo((a, b) -> Long.compare(b.cost(), a.cost()));
              if (partition.size() > 1) {
                assertThat(partition.stream().mapToLong(WorkItem::cost).sum())
                    .isLessThanOrEqualTo(limits.mostCost());
                assertThat(partition.stream().mapToLong(WorkItem::bytes).sum())
                    .isLessThanOrEqualTo(limits.mostBytes());
              }
            });
    long[] costs = Planner.costs(partitions);
    assertThat(costs)
        .isEqualTo(
            LongStream.of(costs)
                .boxed()
                .sorted(Collections.reverseOrder())
                .mapToLong(c -> c)
                .toArray());
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 7, 50})
  void theLastExecutorIsDoneCloseToTheLowerBound(int slots) {
    Random random = new Random(slots);
    List<WorkItem> items = new ArrayList<>();
    for (int i = 0; i < 20_000; i++) {
      long cost = 1 + (long) (10_000 * Math.exp(random.nextGaussian()));
      items.add(new WorkItem("image-" + i, "", "", cost, Map.of(), "", "", 1, ""));
    }
    long[] costs = Planner.costs(Planner.pack(items, new PackingLimits(slots, 600_000, 1000)));
    long total = Arrays.stream(costs).sum();

    double ratio = Planner.makespan(costs, slots) / ((double) total / slots);

    assertThat(ratio).isBetween(1.0, slots == 1 ? 1.0 : 1.05);
  }

  @Test
  void slotsTakeThePartitionsInOrder() {
    assertThat(Planner.makespan(new long[] {5, 4, 3, 3, 3}, 2)).isEqualTo(10);
    assertThat(Planner.makespan(new long[] {5, 4}, 8)).isEqualTo(5);
  }

  private static List<WorkItem> items(long... costs) {
    List<WorkItem> items = new ArrayList<>();
    LongStream.of(costs)
        .forEach(
            cost ->
                items.add(new WorkItem("image-" + items.size(), "", "", cost, Map.of(), "", "")));
    return items;
  }

  private static List<List<Long>> costs(List<List<WorkItem>> bins) {
    return bins.stream().map(bin -> bin.stream().map(WorkItem::cost).toList()).toList();
  }
}
