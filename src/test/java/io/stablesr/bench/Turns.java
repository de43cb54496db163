package io.stablesr.bench;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/**
 * Runs several pieces of work in turn, so that whatever else the machine does meets all of them,
 * and takes the processor seconds of the process: these hardly depend on other processes.
 */
final class Turns {
  private Turns() {}

  /**
   * What a piece of work took: medians over the rounds.
   *
   * @param processorSeconds of all threads of the process that does it
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

  /** Runs a piece of work once in this process. */
  static Taken once(Runnable work) {
    OperatingSystemMXBean system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
    long start = System.nanoTime();
    long processorStart = system.getProcessCpuTime();
    work.run();
    return new Taken(
        (system.getProcessCpuTime() - processorStart) / 1e9, (System.nanoTime() - start) / 1e9);
  }

  /** Runs all work once unmeasured and then in so many rounds. */
  static Map<String, Taken> measure(Map<String, Runnable> work, int rounds) {
    Map<String, Supplier<Taken>> timed = new LinkedHashMap<>();
    work.forEach((name, runnable) -> timed.put(name, () -> once(runnable)));
    return inTurn(timed, rounds);
  }

  /** The same for work that says itself what it took, such as another process's. */
  static Map<String, Taken> inTurn(Map<String, Supplier<Taken>> work, int rounds) {
    Map<String, List<Taken>> all = new LinkedHashMap<>();
    for (int round = -1; round < rounds; round++) {
      for (Map.Entry<String, Supplier<Taken>> entry : work.entrySet()) {
        Taken taken = entry.getValue().get();
        if (round >= 0) {
          all.computeIfAbsent(entry.getKey(), name -> new ArrayList<>()).add(taken);
        }
      }
    }
    Map<String, Taken> medians = new LinkedHashMap<>();
    all.forEach(
        (name, taken) ->
            medians.put(
                name,
                new Taken(median(taken, Taken::processorSeconds), median(taken, Taken::seconds))));
    return medians;
  }

  private static double median(List<Taken> taken, ToDoubleFunction<Taken> value) {
    double[] sorted = taken.stream().mapToDouble(value).sorted().toArray();
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }
}
