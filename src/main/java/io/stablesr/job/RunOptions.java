package io.stablesr.job;

import io.stablesr.core.ErrorCode;
import io.stablesr.core.StableSrException;
import java.util.Objects;

/**
 * How a job deals with stores and with what fails; none of this changes pixels.
 *
 * @param failedImages what becomes of images that failed in an earlier run for a reason of their
 *     own
 * @param readAhead images read and decoded ahead of the networks, per task, 1..64
 * @param writeBehind images encoded and written behind the networks, per task, 1..64
 * @param storeAttempts attempts at a store operation whose fault may pass, 1..100
 * @param storeDelayMillis pause after the first fault, doubled after each further one
 * @param deadlineSeconds longest time for reading, or for writing, one image
 * @param breakerImages images that must have failed for reasons outside of them before the job is
 *     stopped; 0 never stops it
 * @param breakerRatio their share of the latest images, above which the job is stopped, 0..1
 * @param imagesInFlight images that the networks work on at a time, per task, 1..64
 * @param tasksPerGpu tasks that share a GPU, 1..64
 */
public record RunOptions(
    Ledger.FailedImages failedImages,
    int readAhead,
    int writeBehind,
    int storeAttempts,
    long storeDelayMillis,
    int deadlineSeconds,
    int breakerImages,
    double breakerRatio,
    int imagesInFlight,
    int tasksPerGpu) {
  /** Checks every value against its range. */
  public RunOptions {
    Objects.requireNonNull(failedImages, "failedImages");
    require(readAhead >= 1 && readAhead <= 64, "job.read-ahead", readAhead, "1..64");
    require(writeBehind >= 1 && writeBehind <= 64, "job.write-behind", writeBehind, "1..64");
    require(storeAttempts >= 1 && storeAttempts <= 100, "store.attempts", storeAttempts, "1..100");
    require(
        storeDelayMillis >= 0 && storeDelayMillis <= 600_000,
        "store.delay-millis",
        storeDelayMillis,
        "0..600000");
    require(
        deadlineSeconds >= 1 && deadlineSeconds <= 86_400,
        "store.deadline-seconds",
        deadlineSeconds,
        "1..86400");
    require(breakerImages >= 0, "job.breaker-images", breakerImages, "0 and above");
    require(
        imagesInFlight >= 1 && imagesInFlight <= 64,
        "job.images-in-flight",
        imagesInFlight,
        "1..64");
    require(tasksPerGpu >= 1 && tasksPerGpu <= 64, "job.tasks-per-gpu", tasksPerGpu, "1..64");
    require(breakerRatio >= 0 && breakerRatio <= 1, "job.breaker-ratio", breakerRatio, "0..1");
  }

  private static void require(boolean holds, String key, Object value, String range) {
    if (!holds) {
      throw new StableSrException(
          ErrorCode.CONFIG, "%s is %s; it must be in %s.".formatted(key, value, range));
    }
  }
}
