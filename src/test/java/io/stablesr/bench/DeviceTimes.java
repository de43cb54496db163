package io.stablesr.bench;

import java.util.Arrays;

/**
 * What one piece of work takes that a device does while the caller goes on.
 *
 * @param each median seconds where the caller waits for every one
 * @param together seconds per piece where the caller waits for the last one only
 */
record DeviceTimes(double each, double together) {
  private static final int UNMEASURED = 3;
  private static final int LEAST = 3;
  private static final int MOST = 100;

  /** Work that is started and waited for. */
  interface Work {
    /** Starts it; it may still be running afterwards. */
    void start();

    /** Waits until everything that was started is done. */
    void await();
  }

  /**
   * Measures both, after a few unmeasured times.
   *
   * @param seconds about how long each of the two may take
   */
  static DeviceTimes of(Work work, double seconds) {
    double last = 0;
    for (int i = 0; i < UNMEASURED; i++) {
      last = once(work);
    }
    double[] each = new double[(int) Math.max(LEAST, Math.min(MOST, seconds / last))];
    for (int i = 0; i < each.length; i++) {
      each[i] = once(work);
    }
    long start = System.nanoTime();
    for (int i = 0; i < each.length; i++) {
      work.start();
    }
    work.await();
    double together = (System.nanoTime() - start) / 1e9 / each.length;
    Arrays.sort(each);
    return new DeviceTimes((each[(each.length - 1) / 2] + each[each.length / 2]) / 2, together);
  }

  private static double once(Work work) {
    long start = System.nanoTime();
    work.start();
    work.await();
    return (System.nanoTime() - start) / 1e9;
  }
}
