package io.stablesr.spark;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Counters of tasks by name: of running tasks each, of ended ones only the sums, so that adding up
 * takes as long as there are tasks at once and not as there were tasks.
 */
final class TaskCounts {
  private final Map<Long, Map<String, Long>> running = new HashMap<>();
  private final Map<String, Long> succeeded = new HashMap<>();
  private final Map<String, Long> failed = new HashMap<>();
  private final Set<Long> ended = new HashSet<>();

  /** Takes the latest value of a counter; of a task that has ended it came too late. */
  synchronized void keep(long task, String name, long count) {
    if (!ended.contains(task)) {
      running.computeIfAbsent(task, t -> new HashMap<>()).put(name, count);
    }
  }

  synchronized void succeeded(long task) {
    end(task, succeeded);
  }

  synchronized void failed(long task) {
    end(task, failed);
  }

  private void end(long task, Map<String, Long> sums) {
    Map<String, Long> counts = running.remove(task);
    if (ended.add(task) && counts != null) {
      counts.forEach((name, count) -> sums.merge(name, count, Long::sum));
    }
  }

  /** Over running and successful tasks: what a failed task had counted is done again. */
  synchronized long sum(String name) {
    return succeeded.getOrDefault(name, 0L)
        + running.values().stream().mapToLong(counts -> counts.getOrDefault(name, 0L)).sum();
  }

  /** Over all tasks, failed ones included. */
  synchronized long sumOfAttempts(String name) {
    return sum(name) + failed.getOrDefault(name, 0L);
  }
}
