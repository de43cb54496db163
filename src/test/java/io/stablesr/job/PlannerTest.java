package io.stablesr.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class PlannerTest {
  @Test
  void theDearestGoesToTheBinWithTheLeastCost() {
    assertThat(costs(Planner.pack(items(7, 5, 4, 3, 2, 1), 2)))
        .containsExactly(List.of(7L, 3L, 1L), List.of(5L, 4L, 2L));
  }

  @Test
  void thereAreNeverEmptyBins() {
    assertThat(Planner.pack(items(1, 1), 8)).hasSize(2);
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
