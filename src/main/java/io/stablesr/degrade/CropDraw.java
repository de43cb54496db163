package io.stablesr.degrade;

import io.stablesr.core.FloatTensor;
import io.stablesr.image.Borders;
import io.stablesr.image.Margins;

/**
 * The part of a picture that is degraded.
 *
 * @param top first row, from 0
 * @param left first column, from 0
 * @param height rows, at least 1
 * @param width columns, at least 1
 */
public record CropDraw(int top, int left, int height, int width) {
  private static final int STAGE = 4;
  private static final int TOP = 0;
  private static final int LEFT = 1;

  /** Checks the numbers. */
  public CropDraw {
    if (top < 0 || left < 0 || height < 1 || width < 1) {
      throw new IllegalArgumentException(
          "A crop begins inside and is not empty, got %dx%d at (%d,%d)"
              .formatted(width, height, left, top));
    }
  }

  /** What the draws of a crop are keyed with. */
  public static String identity(String imageId, int crop) {
    return imageId + "#" + crop;
  }

  /**
   * A square anywhere in a picture, all places equally likely. A side shorter than the square is
   * mirrored beyond its end when the crop is applied.
   */
  public static CropDraw square(long seed, String identity, int height, int width, int side) {
    Dice dice = Dice.of(seed, identity).stage(STAGE);
    return new CropDraw(
        dice.index(Math.max(height - side, 0) + 1, TOP),
        dice.index(Math.max(width - side, 0) + 1, LEFT),
        side,
        side);
  }

  /**
   * The whole picture but for the last rows and columns that make its sides no multiples of {@code
   * scale}.
   */
  public static CropDraw whole(int height, int width, int scale) {
    return new CropDraw(
        0, 0, Math.max(height / scale, 1) * scale, Math.max(width / scale, 1) * scale);
  }

  /** The part of the picture {@code [C,H,W]}. */
  public FloatTensor apply(FloatTensor picture) {
    int below = Math.max(top + height - picture.dim(1), 0);
    int right = Math.max(left + width - picture.dim(2), 0);
    FloatTensor enough =
        below + right == 0
            ? picture
            : Borders.reflectPad(picture, Margins.bottomRight(below, right));
    return Borders.crop(enough, top, left, height, width);
  }
}
