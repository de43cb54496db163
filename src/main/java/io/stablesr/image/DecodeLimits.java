package io.stablesr.image;

/**
 * What is refused before any pixel is decoded.
 *
 * @param maxPixels the largest width x height, at most 700 million (three fp32 planes must fit in
 *     one Java array)
 */
public record DecodeLimits(long maxPixels) {
  /** Pixels that are accepted unless a caller says otherwise. */
  public static final long MAX_PIXELS_DEFAULT = 200_000_000L;

  private static final long MAX_PIXELS_POSSIBLE = 700_000_000L;

  /** Checks the range. */
  public DecodeLimits {
    if (maxPixels < 1 || maxPixels > MAX_PIXELS_POSSIBLE) {
      throw new IllegalArgumentException(
          "maxPixels must be 1..%d, got %d".formatted(MAX_PIXELS_POSSIBLE, maxPixels));
    }
  }

  /** The defaults. */
  public static DecodeLimits defaults() {
    return new DecodeLimits(MAX_PIXELS_DEFAULT);
  }
}
