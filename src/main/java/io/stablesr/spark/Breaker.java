package io.stablesr.spark;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Stops a job whose images fail for reasons outside of them. A store that is down or a device that
 * is lost would otherwise mark the rest of the archive as failed. Only the latest images count, so
 * that an outage after millions of good ones is seen as soon as one at the beginning.
 */
final class Breaker {
  private final int leastImages;
  private final double ratio;
  private final Runnable stop;
  private final AtomicBoolean tripped = new AtomicBoolean();
  private final Deque<Counts> earlier = new ArrayDeque<>();
  private volatile Counts latest = new Counts(0, 0);
  private volatile String reason = "";

  /** How many images were dealt with and how many of them failed for reasons outside of them. */
  private record Counts(long images, long outages) {
    Counts since(Counts start) {
      return new Counts(images - start.images, outages - start.outages);
    }
  }

  /**
   * @param leastImages failures before which nothing is stopped; 0 never stops
   * @param ratio share of the latest images that may fail
   * @param stop called once, when both are exceeded
   */
  Breaker(int leastImages, double ratio, Runnable stop) {
    this.leastImages = leastImages;
    this.ratio = ratio;
    this.stop = stop;
    earlier.add(latest);
  }

  /** Takes the counts since the beginning, those of failed tasks included. */
  void see(long imagesSeen, long outagesSeen) {
    if (leastImages > 0 && look(new Counts(imagesSeen, outagesSeen))) {
      // Not under the lock: stopping waits for the scheduler.
      stop.run();
    }
  }

  private synchronized boolean look(Counts now) {
    // The latest window is as many images as hold the least number of failures at this ratio.
    double window = ratio > 0 ? leastImages / ratio : leastImages;
    while (earlier.size() > 1 && now.images - second().images >= window) {
      earlier.removeFirst();
    }
    Counts recent = now.since(earlier.getFirst());
    if (now.images > earlier.getLast().images) {
      earlier.addLast(now);
    }
    if (recent.outages < leastImages
        || recent.outages <= ratio * recent.images
        || !tripped.compareAndSet(false, true)) {
      return false;
    }
    latest = recent;
    return true;
  }

  private Counts second() {
    return earlier.stream().skip(1).findFirst().orElseThrow();
  }

  /** Takes the reason of one of the failures. */
  void reason(String sentence) {
    reason = sentence;
  }

  boolean tripped() {
    return tripped.get();
  }

  /** One sentence. */
  String text() {
    return "%d of the latest %d images failed because a store, the memory or the device failed (%s)."
        .formatted(latest.outages, latest.images, reason);
  }
}
