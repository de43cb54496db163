package io.stablesr.bench;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Runs several pieces of work in turn, so that whatever else the machine does meets all of them,
 * and takes the processor seconds of the process: these hardly depend on other processes.
 */
final class Turns {
  private Turns() {}

  /**
   * What a piece of work took: medians over the rounds.
   *
   * @param processorSeconds of all threads of this process
   * @param seconds that passed
   */
  record Taken(double processorSeconds, double seconds) {
    /** How many times faster this is than {@code other}, by processor seconds. */
    double speedOver(Taken other) {
      return other.processorSeconds / processorSeconds;
    }

    /** This and {@code other}, weighted, as if both had been done. */
    Taken plus(double times, Taken other) {
      return new Taken(
          processorSeconds + times * other.processorSeconds, seconds + times * other.seconds);
    }
  }

  /** Runs all work once unmeasured and then in so many rounds. */
  static Map<String, Taken> measure(Map<String, Runnable> work, int rounds) {
    OperatingSystemMXBean system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
    Map<String, double[]> processor = new LinkedHashMap<>();
    Map<String, double[]> elapsed = new LinkedHashMap<>();
    for (int round = -1; round < rounds; round++) {
      for (Map.Entry<String, Runnable> entry : work.entrySet()) {
        long start = System.nanoTime();
        long processorStart = system.getProcessCpuTime();
        entry.getValue().run();
        if (round >= 0) {
          processor.computeIfAbsent(entry.getKey(), name -> new double[rounds])[round] =
              (system.getProcessCpuTime() - processorStart) / 1e9;
          elapsed.computeIfAbsent(entry.getKey(), name -> new double[rounds])[round] =
              (System.nanoTime() - start) / 1e9;
        }
      }
    }
    Map<String, Taken> taken = new LinkedHashMap<>();
    processor.forEach(
        (name, seconds) -> taken.put(name, new Taken(median(seconds), median(elapsed.get(name)))));
    return taken;
  }

  private static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }
}
