package io.stablesr.image;

import io.stablesr.core.FloatTensor;

/**
 * Spreads the colours at the edge of what is visible under the transparent pixels around it.
 * Transparent pixels often store black; a network that sees them next to the visible ones draws a
 * dark fringe, which shows where the enlarged alpha is between 0 and 1.
 *
 * <p>Averages of the visible pixels are taken at ever coarser resolutions, then holes are filled
 * from coarse to fine: near the edge by near colours, far away by the mean of the picture.
 */
public final class AlphaBleed {
  private AlphaBleed() {}

  /**
   * The picture {@code [3,H,W]} with other colours where {@code alpha} {@code [1,H,W]} is 0; all
   * other pixels keep theirs exactly. Returns {@code rgb} itself where nothing is to be done.
   */
  public static FloatTensor bleed(FloatTensor rgb, FloatTensor alpha) {
    Shapes.requireChannels(rgb, 3);
    Shapes.requireChannels(alpha, 1);
    Shapes.requireSameSize(rgb, alpha);
    int height = rgb.dim(1);
    int width = rgb.dim(2);
    boolean[] visible = new boolean[height * width];
    int count = 0;
    for (int i = 0; i < visible.length; i++) {
      visible[i] = alpha.data()[i] > 0f;
      count += visible[i] ? 1 : 0;
    }
    if (count == 0 || count == visible.length) {
      return rgb;
    }
    FloatTensor result = rgb.copy();
    for (int c = 0; c < 3; c++) {
      float[] plane = new float[visible.length];
      System.arraycopy(rgb.data(), c * visible.length, plane, 0, visible.length);
      fill(plane, visible, height, width);
      System.arraycopy(plane, 0, result.data(), c * visible.length, visible.length);
    }
    return result;
  }

  /** At least one value is known, so the recursion ends at the latest with a single known pixel. */
  private static void fill(float[] plane, boolean[] known, int height, int width) {
    int coarseHeight = (height + 1) / 2;
    int coarseWidth = (width + 1) / 2;
    float[] coarse = new float[coarseHeight * coarseWidth];
    boolean[] coarseKnown = new boolean[coarse.length];
    boolean complete = true;
    for (int y = 0; y < coarseHeight; y++) {
      for (int x = 0; x < coarseWidth; x++) {
        int index = y * coarseWidth + x;
        coarseKnown[index] = average(plane, known, height, width, y, x, coarse);
        complete &= coarseKnown[index];
      }
    }
    if (!complete) {
      fill(coarse, coarseKnown, coarseHeight, coarseWidth);
    }
    for (int y = 0; y < height; y++) {
      int nearRow = y / 2 * coarseWidth;
      int farRow = neighbour(y, coarseHeight) * coarseWidth;
      for (int x = 0; x < width; x++) {
        if (!known[y * width + x]) {
          int near = x / 2;
          int far = neighbour(x, coarseWidth);
          plane[y * width + x] =
              0.5625f * coarse[nearRow + near]
                  + 0.1875f * (coarse[nearRow + far] + coarse[farRow + near])
                  + 0.0625f * coarse[farRow + far];
        }
      }
    }
  }

  /** The mean of the known values of a 2x2 cell; false where there is none. */
  private static boolean average(
      float[] plane, boolean[] known, int height, int width, int cellY, int cellX, float[] out) {
    float sum = 0f;
    int count = 0;
    for (int y = 2 * cellY; y < Math.min(2 * cellY + 2, height); y++) {
      for (int x = 2 * cellX; x < Math.min(2 * cellX + 2, width); x++) {
        if (known[y * width + x]) {
          sum += plane[y * width + x];
          count++;
        }
      }
    }
    if (count > 0) {
      out[cellY * ((width + 1) / 2) + cellX] = sum / count;
    }
    return count > 0;
  }

  /** The coarse pixel that is second nearest to fine pixel {@code position}. */
  private static int neighbour(int position, int coarseSize) {
    int other = position / 2 + (position % 2 == 0 ? -1 : 1);
    return Math.max(Math.min(other, coarseSize - 1), 0);
  }
}
