package io.stablesr.job;

import io.stablesr.restore.ImageCost;

/**
 * The unit of planned cost: a tenth of a millisecond of one task. The device's part follows from
 * the operations of the networks and its speed; reading, decoding, encoding and writing are a fixed
 * time per image and per megapixel (docs/planning.md has the measurement).
 */
public final class WorkCost {
  /** Units of cost in a second. */
  public static final double PER_SECOND = 10_000;

  private static final double SECONDS_PER_IMAGE = 0.05;
  private static final double DECODE_SECONDS_PER_MEGAPIXEL = 0.1;
  private static final double ENCODE_SECONDS_PER_MEGAPIXEL = 0.3;

  private WorkCost() {}

  /** Seconds of one core for everything but the networks. */
  public static double hostSeconds(ImageCost image) {
    return SECONDS_PER_IMAGE
        + DECODE_SECONDS_PER_MEGAPIXEL * image.inputPixels() / 1e6
        + ENCODE_SECONDS_PER_MEGAPIXEL * image.outputPixels() / 1e6;
  }

  /** Planned cost of one image, at least 1. */
  public static long of(ImageCost image, DeviceSpeed speed) {
    return Math.max(
        1, Math.round(PER_SECOND * (speed.seconds(image.flops()) + hostSeconds(image))));
  }

  /** Cost of an image of which only the failure is known. */
  public static long ofFailure() {
    return Math.round(PER_SECOND * SECONDS_PER_IMAGE);
  }
}
