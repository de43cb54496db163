package io.stablesr.job;

/**
 * How work is cut into partitions.
 *
 * @param slots tasks that run at once
 * @param mostCost largest cost of a partition of several images
 * @param mostBytes largest input of a partition of several images, in bytes
 */
public record PackingLimits(int slots, long mostCost, long mostBytes) {
  /** More partitions than this would cost the driver more than they save after a lost node. */
  static final int MOST_PARTITIONS = 100_000;

  /**
   * More images than this in a partition could be more than a message of Spark to a task may hold
   * (spark.rpc.message.maxSize, 128 MiB), with keys of 1,000 characters.
   */
  static final int MOST_IMAGES = 10_000;

  /** Partitions that each slot gets one after the other, so that slow ones even out. */
  private static final int PARTITIONS_PER_SLOT = 8;

  /** Fewer images than this in a partition leave nothing to read ahead. */
  private static final int LEAST_IMAGES = 4;

  /** Checks the ranges. */
  public PackingLimits {
    if (slots < 1 || mostCost < 1 || mostBytes < 1) {
      throw new IllegalArgumentException(
          "Cannot pack for %d slots, cost %d, %d bytes".formatted(slots, mostCost, mostBytes));
    }
  }

  /** The limits of a job. */
  public static PackingLimits of(PlanOptions options, int slots) {
    return new PackingLimits(
        slots,
        Math.max(1, Math.round(options.partitionMinutes() * 60 * WorkCost.PER_SECOND)),
        options.partitionBytes());
  }

  /** The cost limit, raised where it would make too many partitions. */
  long boundFor(long totalCost) {
    return Math.max(mostCost, totalCost / (MOST_PARTITIONS / 2));
  }

  /** Partitions to begin with: a multiple of the slots, so that all of them end together. */
  int bins(int images, long totalCost) {
    long perSlot =
        Math.max(
            Math.max(1, Math.min(PARTITIONS_PER_SLOT, images / ((long) LEAST_IMAGES * slots))),
            (totalCost + boundFor(totalCost) * slots - 1) / (boundFor(totalCost) * slots));
    return (int) Math.min(images, perSlot * slots);
  }
}
