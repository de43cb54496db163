package io.stablesr.metric;

import io.stablesr.core.FloatTensor;
import io.stablesr.image.Borders;

/** What comparing metrics share. */
final class Pairs {
  private Pairs() {}

  static void requireSame(FloatTensor picture, FloatTensor truth) {
    if (picture.rank() != 3 || picture.dim(0) != 3 || !picture.sameShape(truth)) {
      throw new IllegalArgumentException(
          "Expected two pictures [3,H,W] of one size, got %s and %s".formatted(picture, truth));
    }
  }

  /** Without {@code border} pixels on each side. */
  static FloatTensor inside(FloatTensor picture, int border) {
    return border == 0
        ? picture
        : Borders.crop(
            picture, border, border, picture.dim(1) - 2 * border, picture.dim(2) - 2 * border);
  }
}
