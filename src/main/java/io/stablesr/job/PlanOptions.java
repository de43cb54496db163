package io.stablesr.job;

import io.stablesr.core.ErrorCode;
import io.stablesr.core.StableSrException;
import java.util.Objects;

/**
 * How a job finds its images and cuts its work; none of this changes pixels.
 *
 * @param format what kind of thing the input is
 * @param allowed places that images may be read from
 * @param probeThreads threads that read headers, on the driver or in each Spark task, 1..256
 * @param probeSparkImages from this many images on Spark tasks read the headers
 * @param partitionMinutes longest partition of several images, in minutes of work
 * @param partitionBytes largest partition of several images, in bytes of input
 * @param gflopsPerSecond speed of one task's device; 0 = measured
 */
public record PlanOptions(
    InputFormat format,
    AllowedPrefixes allowed,
    int probeThreads,
    int probeSparkImages,
    double partitionMinutes,
    long partitionBytes,
    double gflopsPerSecond) {
  /** Checks every value against its range. */
  public PlanOptions {
    Objects.requireNonNull(format, "format");
    Objects.requireNonNull(allowed, "allowed");
    require(probeThreads >= 1 && probeThreads <= 256, "probe-threads", probeThreads, "1..256");
    require(probeSparkImages >= 0, "probe-spark-images", probeSparkImages, "0 and above");
    require(
        partitionMinutes > 0 && partitionMinutes <= 1e6,
        "partition-minutes",
        partitionMinutes,
        "0 (excluded) to 1000000");
    require(partitionBytes >= 1, "partition-bytes", partitionBytes, "1 and above");
    require(
        gflopsPerSecond >= 0 && gflopsPerSecond <= 1e9,
        "gflops-per-second",
        gflopsPerSecond,
        "0..1000000000");
  }

  private static void require(boolean holds, String key, Object value, String range) {
    if (!holds) {
      throw new StableSrException(
          ErrorCode.CONFIG, "job.%s is %s; it must be in %s.".formatted(key, value, range));
    }
  }
}
