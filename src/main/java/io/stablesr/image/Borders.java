package io.stablesr.image;

import io.stablesr.core.FloatTensor;
import java.util.Arrays;
import java.util.function.IntUnaryOperator;

/** Padding and cropping of pictures {@code [C,H,W]}. */
public final class Borders {
  private Borders() {}

  /**
   * Mirrors the picture at its edges without repeating the edge pixel, as torch's reflect padding
   * does; a pad wider than the picture goes on bouncing between both edges, where torch refuses.
   */
  public static FloatTensor reflectPad(FloatTensor image, Margins margins) {
    Shapes.requirePicture(image);
    return gather(
        image,
        margins,
        y -> reflect(y - margins.top(), image.dim(1)),
        x -> reflect(x - margins.left(), image.dim(2)));
  }

  /**
   * Mirrors the picture at its edges with the edge pixel repeated; a pad wider than the picture
   * goes on bouncing between both edges.
   */
  public static FloatTensor symmetricPad(FloatTensor image, Margins margins) {
    Shapes.requirePicture(image);
    return gather(
        image,
        margins,
        y -> mirror(y - margins.top(), image.dim(1)),
        x -> mirror(x - margins.left(), image.dim(2)));
  }

  private static int mirror(int index, int length) {
    int folded = Math.floorMod(index, 2 * length);
    return folded < length ? folded : 2 * length - 1 - folded;
  }

  /** Repeats the edge pixels. */
  public static FloatTensor replicatePad(FloatTensor image, Margins margins) {
    Shapes.requirePicture(image);
    return gather(
        image,
        margins,
        y -> Math.max(Math.min(y - margins.top(), image.dim(1) - 1), 0),
        x -> Math.max(Math.min(x - margins.left(), image.dim(2) - 1), 0));
  }

  /** Surrounds the picture with one value in every channel. */
  public static FloatTensor constantPad(FloatTensor image, Margins margins, float value) {
    Shapes.requirePicture(image);
    int height = image.dim(1);
    int width = image.dim(2);
    int outHeight = margins.outHeight(height);
    int outWidth = margins.outWidth(width);
    FloatTensor result = FloatTensor.zeros(image.dim(0), outHeight, outWidth);
    Arrays.fill(result.data(), value);
    for (int c = 0; c < image.dim(0); c++) {
      for (int y = 0; y < height; y++) {
        System.arraycopy(
            image.data(),
            (c * height + y) * width,
            result.data(),
            (c * outHeight + y + margins.top()) * outWidth + margins.left(),
            width);
      }
    }
    return result;
  }

  /** The window of {@code height x width} pixels whose upper left pixel is {@code (top, left)}. */
  public static FloatTensor crop(FloatTensor image, int top, int left, int height, int width) {
    Shapes.requirePicture(image);
    Shapes.requireSize(height, width);
    if (top < 0
        || left < 0
        || (long) top + height > image.dim(1)
        || (long) left + width > image.dim(2)) {
      throw new IllegalArgumentException(
          "Cannot crop %dx%d pixels at (%d,%d) from %s".formatted(width, height, left, top, image));
    }
    FloatTensor result = FloatTensor.zeros(image.dim(0), height, width);
    for (int c = 0; c < image.dim(0); c++) {
      for (int y = 0; y < height; y++) {
        System.arraycopy(
            image.data(),
            (c * image.dim(1) + top + y) * image.dim(2) + left,
            result.data(),
            (c * height + y) * width,
            width);
      }
    }
    return result;
  }

  /** The middle of the picture; the offset is {@code round((size - wanted) / 2)}, half to even. */
  public static FloatTensor centerCrop(FloatTensor image, int height, int width) {
    Shapes.requirePicture(image);
    return crop(
        image,
        (int) Math.rint((image.dim(1) - height) / 2.0),
        (int) Math.rint((image.dim(2) - width) / 2.0),
        height,
        width);
  }

  private static FloatTensor gather(
      FloatTensor image, Margins margins, IntUnaryOperator rowOf, IntUnaryOperator columnOf) {
    int[] rows = new int[margins.outHeight(image.dim(1))];
    int[] columns = new int[margins.outWidth(image.dim(2))];
    Arrays.setAll(rows, rowOf);
    Arrays.setAll(columns, columnOf);
    return pick(image, rows, columns);
  }

  /** The picture whose pixel (y, x) is pixel (rows[y], columns[x]) of another. */
  static FloatTensor pick(FloatTensor image, int[] rows, int[] columns) {
    int channels = image.dim(0);
    int height = image.dim(1);
    int width = image.dim(2);
    FloatTensor result = FloatTensor.zeros(channels, rows.length, columns.length);
    float[] in = image.data();
    float[] out = result.data();
    for (int c = 0; c < channels; c++) {
      for (int y = 0; y < rows.length; y++) {
        int source = (c * height + rows[y]) * width;
        int target = (c * rows.length + y) * columns.length;
        for (int x = 0; x < columns.length; x++) {
          out[target + x] = in[source + columns[x]];
        }
      }
    }
    return result;
  }

  /** The position inside that one outside is the mirror image of. */
  static int reflect(int position, int size) {
    if (size == 1) {
      return 0;
    }
    int period = 2 * (size - 1);
    int folded = Math.floorMod(position, period);
    return Math.min(folded, period - folded);
  }
}
