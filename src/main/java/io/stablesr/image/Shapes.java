package io.stablesr.image;

import io.stablesr.core.FloatTensor;

/** Checks of arguments that several classes here share. */
final class Shapes {
  private Shapes() {}

  static void requirePicture(FloatTensor image) {
    if (image.rank() != 3 || image.dim(0) < 1 || image.dim(1) < 1 || image.dim(2) < 1) {
      throw new IllegalArgumentException("Expected a picture [C,H,W], got " + image);
    }
  }

  static void requireChannels(FloatTensor image, int channels) {
    requirePicture(image);
    if (image.dim(0) != channels) {
      throw new IllegalArgumentException("Expected [%d,H,W], got %s".formatted(channels, image));
    }
  }

  static void requireSize(int height, int width) {
    if (height < 1 || width < 1) {
      throw new IllegalArgumentException(
          "A picture must be at least 1x1 pixels, asked for %dx%d".formatted(width, height));
    }
  }

  static void requireSameSize(FloatTensor one, FloatTensor other) {
    if (one.dim(1) != other.dim(1) || one.dim(2) != other.dim(2)) {
      throw new IllegalArgumentException(
          "Both pictures must have the same size, got %s and %s".formatted(one, other));
    }
  }
}
