package io.stablesr.image;

import java.util.Objects;

/**
 * How the pixels of a picture are stored: rows from top to bottom, interleaved samples, alpha last.
 *
 * @param width pixels in a row
 * @param height rows
 * @param channels 1 grey, 2 grey and alpha, 3 RGB, 4 RGB and alpha; alpha is not multiplied in
 * @param depth bits per sample; samples of 16 bits are big-endian
 */
public record PictureLayout(int width, int height, int channels, BitDepth depth) {
  /** Checks the ranges; a row must fit into a Java array. */
  public PictureLayout {
    Objects.requireNonNull(depth, "depth");
    Shapes.requireSize(height, width);
    if (channels < 1 || channels > 4) {
      throw new IllegalArgumentException("A picture has 1..4 channels, got " + channels);
    }
    if ((long) width * channels * (depth.bits() / 8) > Integer.MAX_VALUE - 16) {
      throw new IllegalArgumentException("A row of %d pixels is too long".formatted(width));
    }
  }

  /** Whether the last channel is alpha. */
  public boolean hasAlpha() {
    return channels % 2 == 0;
  }

  /** Whether there is one colour channel. */
  public boolean isGrey() {
    return channels <= 2;
  }

  /** Bytes of one pixel. */
  public int bytesPerPixel() {
    return channels * (depth.bits() / 8);
  }

  /** Bytes of one row. */
  public int bytesPerRow() {
    return width * bytesPerPixel();
  }

  /** Bytes of all rows. */
  public long bytes() {
    return (long) bytesPerRow() * height;
  }
}
