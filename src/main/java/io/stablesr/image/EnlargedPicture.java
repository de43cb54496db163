package io.stablesr.image;

import io.stablesr.core.FloatTensor;
import java.util.Arrays;
import java.util.function.IntUnaryOperator;

/**
 * A bicubic enlargement with mirrored borders of which only windows are ever computed. A window has
 * exactly the values that it would have in the whole: those of {@link TorchResize#bicubic} and
 * {@link Borders#reflectPad} one after the other.
 */
public final class EnlargedPicture {
  private final FloatTensor image;
  private final InterpolationTable vertical;
  private final InterpolationTable horizontal;
  private final Margins margins;

  /**
   * Computes nothing yet.
   *
   * @param image {@code [C,H,W]}
   * @param height height after enlargement, without margins
   * @param width width after enlargement, without margins
   */
  public EnlargedPicture(FloatTensor image, int height, int width, Margins margins) {
    Shapes.requirePicture(image);
    Shapes.requireSize(height, width);
    this.image = image;
    this.vertical = InterpolationTable.cubic(image.dim(1), height);
    this.horizontal = InterpolationTable.cubic(image.dim(2), width);
    this.margins = margins;
  }

  /** Height with margins. */
  public int height() {
    return margins.outHeight(vertical.outSize());
  }

  /** Width with margins. */
  public int width() {
    return margins.outWidth(horizontal.outSize());
  }

  /** The window {@code [C,height,width]} whose upper left pixel is {@code (top, left)}. */
  public FloatTensor window(int top, int left, int height, int width) {
    Shapes.requireSize(height, width);
    if (top < 0 || left < 0 || (long) top + height > height() || (long) left + width > width()) {
      throw new IllegalArgumentException(
          "No window of %dx%d pixels at (%d,%d) in a picture of %dx%d"
              .formatted(width, height, left, top, width(), height()));
    }
    int[] rows =
        positions(height, y -> Borders.reflect(top + y - margins.top(), vertical.outSize()));
    int[] columns =
        positions(width, x -> Borders.reflect(left + x - margins.left(), horizontal.outSize()));
    int firstRow = Arrays.stream(rows).min().orElseThrow();
    int lastRow = Arrays.stream(rows).max().orElseThrow();
    int firstColumn = Arrays.stream(columns).min().orElseThrow();
    int lastColumn = Arrays.stream(columns).max().orElseThrow();
    FloatTensor enlarged =
        TorchResize.separable(
            image,
            vertical.part(firstRow, lastRow + 1),
            horizontal.part(firstColumn, lastColumn + 1));
    if (isRun(rows) && isRun(columns)) {
      return enlarged;
    }
    return Borders.pick(enlarged, shifted(rows, firstRow), shifted(columns, firstColumn));
  }

  private static int[] positions(int length, IntUnaryOperator of) {
    int[] positions = new int[length];
    Arrays.setAll(positions, of);
    return positions;
  }

  private static int[] shifted(int[] positions, int by) {
    return Arrays.stream(positions).map(p -> p - by).toArray();
  }

  private static boolean isRun(int[] positions) {
    for (int i = 1; i < positions.length; i++) {
      if (positions[i] != positions[i - 1] + 1) {
        return false;
      }
    }
    return true;
  }
}
