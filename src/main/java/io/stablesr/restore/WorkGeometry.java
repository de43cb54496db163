package io.stablesr.restore;

import io.stablesr.core.ErrorCode;
import io.stablesr.core.FloatTensor;
import io.stablesr.core.StableSrException;
import io.stablesr.image.Borders;
import io.stablesr.image.Margins;
import io.stablesr.image.TorchResize;

/**
 * How a picture of any size is brought to a size that the networks accept, and back: enlarged
 * bicubically, padded by reflection, and after restoration cropped and, where the enlargement had
 * to be larger than wanted, reduced.
 *
 * @param minimumPixels the shorter side is enlarged to at least this, so that it holds one tile; 0
 *     where the denoiser takes smaller canvases whole
 * @param borderPixels mirrored pixels on every side
 * @param multiplePixels both sides are padded to a multiple of this
 */
public record WorkGeometry(int minimumPixels, int borderPixels, int multiplePixels) {
  /** Both sides, padded, must be whole numbers of 32 bits. */
  private static final int MOST_SIDE = Integer.MAX_VALUE - (1 << 20);

  /** Checks the ranges. */
  public WorkGeometry {
    if (minimumPixels < 0 || borderPixels < 0 || multiplePixels < 1) {
      throw new StableSrException(
          ErrorCode.CONFIG,
          "geometry has minimum-pixels %d, border-pixels %d, multiple-pixels %d; the first two must be 0 or more, the last 1 or more."
              .formatted(minimumPixels, borderPixels, multiplePixels));
    }
  }

  /**
   * The sizes of one picture.
   *
   * @param outHeight height of the result, round(scale * input height)
   * @param outWidth width of the result
   * @param height height after enlargement, before padding
   * @param width width after enlargement, before padding
   * @param margins padding
   */
  public record Plan(int outHeight, int outWidth, int height, int width, Margins margins) {
    /** Height of the picture the autoencoder sees. */
    public int paddedHeight() {
      return margins.top() + height + margins.bottom();
    }

    /** Width of the picture the autoencoder sees. */
    public int paddedWidth() {
      return margins.left() + width + margins.right();
    }

    /** Whether the result has the size that is worked on, so that nothing is reduced at the end. */
    public boolean keepsSize() {
      return height == outHeight && width == outWidth;
    }
  }

  /**
   * The sizes for an input of the given size.
   *
   * @throws StableSrException IMAGE_TOO_LARGE when a side has 2^31 or more pixels; {@link
   *     MemoryPlan} refuses much smaller ones
   */
  public Plan plan(int inHeight, int inWidth, double scale) {
    double factor = Math.max(scale, (double) minimumPixels / Math.min(inHeight, inWidth));
    long height = scaled(inHeight, factor);
    long width = scaled(inWidth, factor);
    if (Math.max(padded(height), padded(width)) > MOST_SIDE) {
      throw new StableSrException(
          ErrorCode.IMAGE_TOO_LARGE,
          "An image of %d x %d would be worked on at %d x %d pixels (enlarged %.3g times%s); a side of at most %d is possible."
              .formatted(
                  inWidth,
                  inHeight,
                  width,
                  height,
                  factor,
                  factor > scale ? ", so that its shorter side holds a tile" : "",
                  MOST_SIDE));
    }
    return new Plan(
        (int) scaled(inHeight, scale),
        (int) scaled(inWidth, scale),
        (int) height,
        (int) width,
        margins((int) height, (int) width));
  }

  /** The enlarged and padded picture {@code [3,paddedHeight,paddedWidth]} in -1..1. */
  FloatTensor enter(FloatTensor picture, Plan plan) {
    FloatTensor scaled = TorchResize.bicubic(picture, plan.height(), plan.width());
    toNetworkRange(scaled);
    return Borders.reflectPad(scaled, plan.margins());
  }

  /** From 0..1 to -1..1, in place and clamped. */
  static void toNetworkRange(FloatTensor picture) {
    float[] values = picture.data();
    for (int i = 0; i < values.length; i++) {
      values[i] = Math.max(-1, Math.min(1, 2 * values[i] - 1));
    }
  }

  /** The result {@code [3,outHeight,outWidth]} in 0..1 of a restored padded picture in -1..1. */
  FloatTensor leave(FloatTensor restored, Plan plan) {
    Margins margins = plan.margins();
    FloatTensor cropped =
        cropped(restored, margins.top(), margins.left(), plan.height(), plan.width());
    if (plan.keepsSize()) {
      return cropped;
    }
    // Bicubic as published; beyond a factor of two it would skip pixels, so area is taken instead.
    boolean skips = plan.height() >= 2 * plan.outHeight() || plan.width() >= 2 * plan.outWidth();
    FloatTensor reduced =
        skips
            ? TorchResize.area(cropped, plan.outHeight(), plan.outWidth())
            : TorchResize.bicubic(cropped, plan.outHeight(), plan.outWidth());
    float[] out = reduced.data();
    for (int i = 0; i < out.length; i++) {
      out[i] = Math.max(0, Math.min(1, out[i]));
    }
    return reduced;
  }

  /**
   * What {@link #leave} makes of a strip of the whole width, where nothing is reduced.
   *
   * @param restored {@code [3,rows,paddedWidth]} without rows of the margins
   */
  static FloatTensor leaveStrip(FloatTensor restored, Plan plan) {
    return cropped(restored, 0, plan.margins().left(), restored.dim(1), plan.width());
  }

  private static FloatTensor cropped(
      FloatTensor restored, int top, int left, int height, int width) {
    FloatTensor cropped = Borders.crop(restored, top, left, height, width);
    float[] values = cropped.data();
    for (int i = 0; i < values.length; i++) {
      values[i] = Math.max(0, Math.min(1, (values[i] + 1) / 2));
    }
    return cropped;
  }

  private Margins margins(int height, int width) {
    return new Margins(
        borderPixels,
        borderPixels + rest(height + 2 * borderPixels),
        borderPixels,
        borderPixels + rest(width + 2 * borderPixels));
  }

  private int rest(int length) {
    return Math.floorMod(-length, multiplePixels);
  }

  private double padded(long length) {
    return (double) length + 2.0 * borderPixels + multiplePixels;
  }

  private static long scaled(int length, double factor) {
    return Math.max(1, Math.round(length * factor));
  }
}
