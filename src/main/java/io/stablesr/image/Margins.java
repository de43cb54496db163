package io.stablesr.image;

/** Pixels added on each side of a picture, none negative. */
public record Margins(int top, int bottom, int left, int right) {
  /** Checks that nothing is negative. */
  public Margins {
    if (top < 0 || bottom < 0 || left < 0 || right < 0) {
      throw new IllegalArgumentException(
          "Margins must not be negative, got top %d, bottom %d, left %d, right %d"
              .formatted(top, bottom, left, right));
    }
  }

  /** Pixels below and to the right only. */
  public static Margins bottomRight(int bottom, int right) {
    return new Margins(0, bottom, 0, right);
  }

  int outHeight(int height) {
    return Math.addExact(Math.addExact(height, top), bottom);
  }

  int outWidth(int width) {
    return Math.addExact(Math.addExact(width, left), right);
  }
}
