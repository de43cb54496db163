package io.stablesr.image;

/**
 * What is refused before any pixel is decoded.
 *
 * @param maxPixels the largest width x height, at most 700 million (three fp32 planes must fit in
 *     one Java array)
 * @param maxAspectRatio the largest ratio of the longer to the shorter side, rounded down; what is
 *     smaller than a tile is enlarged to one before it is processed, so a thin line would cost as
 *     much as a large picture
 */
public record DecodeLimits(long maxPixels, int maxAspectRatio) {
  /** The ratio that is accepted unless a caller says otherwise. */
  public static final int MAX_ASPECT_RATIO_DEFAULT = 100;

  /** Pixels that are accepted unless a caller says otherwise. */
  public static final long MAX_PIXELS_DEFAULT = 200_000_000L;

  private static final long MAX_PIXELS_POSSIBLE = 700_000_000L;

  /** Checks the range. */
  public DecodeLimits {
    if (maxPixels < 1 || maxPixels > MAX_PIXELS_POSSIBLE) {
      throw new IllegalArgumentException(
          "maxPixels must be 1..%d, got %d".formatted(MAX_PIXELS_POSSIBLE, maxPixels));
    }
    if (maxAspectRatio < 1) {
      throw new IllegalArgumentException(
          "maxAspectRatio must be at least 1, got " + maxAspectRatio);
    }
  }

  /** A limit of pixels, and the default ratio. */
  public DecodeLimits(long maxPixels) {
    this(maxPixels, MAX_ASPECT_RATIO_DEFAULT);
  }

  /** The defaults. */
  public static DecodeLimits defaults() {
    return new DecodeLimits(MAX_PIXELS_DEFAULT);
  }
}
