package io.stablesr.job;

/**
 * How fast the device of one task works.
 *
 * @param gflopsPerSecond billions of floating-point operations per second, as the recorder counts
 *     them
 * @param origin where the number comes from
 */
public record DeviceSpeed(double gflopsPerSecond, Origin origin) {
  /** Where a speed comes from. */
  public enum Origin {
    /** {@code job.gflops-per-second}. */
    CONFIGURED,
    /** A short run of the denoiser. */
    MEASURED,
    /** Nothing was measured: 100 GFLOP/s, about two cores of a server. */
    ASSUMED
  }

  /** What is taken where nothing is known. */
  public static final DeviceSpeed ASSUMED = new DeviceSpeed(100, Origin.ASSUMED);

  /** Checks the range. */
  public DeviceSpeed {
    if (!(gflopsPerSecond > 0)) {
      throw new IllegalArgumentException("A speed of " + gflopsPerSecond + " GFLOP/s");
    }
  }

  /** Seconds that this many operations take. */
  public double seconds(double flops) {
    return flops / (gflopsPerSecond * 1e9);
  }
}
