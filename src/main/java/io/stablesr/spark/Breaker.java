package io.stablesr.spark;

import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Stops a job whose images fail for reasons outside of them. A store that is down or a device that
 * is lost would otherwise mark the rest of the archive as failed.
 */
final class Breaker {
  private final int leastImages;
  private final double ratio;
  private final Runnable stop;
  private final AtomicBoolean tripped = new AtomicBoolean();
  private volatile long images;
  private volatile long outages;
  private volatile String reason = "";

  /**
   * @param leastImages failures before which nothing is stopped; 0 never stops
   * @param ratio share of all images dealt with that may fail
   * @param stop called once, when both are exceeded
   */
  Breaker(int leastImages, double ratio, Runnable stop) {
    this.leastImages = leastImages;
    this.ratio = ratio;
    this.stop = stop;
  }

  /** Takes the counts so far. */
  void see(long imagesSeen, long outagesSeen) {
    if (leastImages > 0
        && outagesSeen >= leastImages
        && outagesSeen > ratio * imagesSeen
        && tripped.compareAndSet(false, true)) {
      images = imagesSeen;
      outages = outagesSeen;
      stop.run();
    }
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
    return "%d of %d images failed because a store, the memory or the device failed (%s)."
        .formatted(outages, images, reason);
  }
}
