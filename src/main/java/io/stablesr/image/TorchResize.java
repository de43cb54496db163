package io.stablesr.image;

import io.stablesr.core.FloatTensor;
import java.util.Arrays;

/**
 * Resampling as {@code torch.nn.functional.interpolate} does it on the CPU: half-pixel centres, no
 * antialiasing, fp32. Bicubic with a = -0.75 is what the published scripts enlarge and shrink with.
 * Values are not clamped: bicubic overshoots at edges.
 *
 * <p>{@code ...ByFactor} is {@code interpolate(scale_factor=...)}: sides are {@code floor(side *
 * factor)}, at least 1 here, and positions follow from the factor itself, not from the ratio of the
 * sides, so that the last rows and columns may be cut off.
 */
public final class TorchResize {
  private TorchResize() {}

  /** {@code mode="bicubic", align_corners=False}, a = -0.75, no antialiasing. */
  public static FloatTensor bicubic(FloatTensor image, int outHeight, int outWidth) {
    check(image, outHeight, outWidth);
    return separable(
        image,
        InterpolationTable.cubic(image.dim(1), outHeight),
        InterpolationTable.cubic(image.dim(2), outWidth));
  }

  /** {@code mode="bilinear", align_corners=False}, no antialiasing. */
  public static FloatTensor bilinear(FloatTensor image, int outHeight, int outWidth) {
    check(image, outHeight, outWidth);
    return separable(
        image,
        InterpolationTable.linear(image.dim(1), outHeight),
        InterpolationTable.linear(image.dim(2), outWidth));
  }

  /** {@code mode="bicubic", scale_factor=factor}. */
  public static FloatTensor bicubicByFactor(FloatTensor image, double factor) {
    int outHeight = scaled(image.dim(1), factor);
    int outWidth = scaled(image.dim(2), factor);
    check(image, outHeight, outWidth);
    float step = (float) (1.0 / factor);
    return separable(
        image,
        InterpolationTable.cubic(image.dim(1), outHeight, step),
        InterpolationTable.cubic(image.dim(2), outWidth, step));
  }

  /** {@code mode="bilinear", scale_factor=factor}. */
  public static FloatTensor bilinearByFactor(FloatTensor image, double factor) {
    int outHeight = scaled(image.dim(1), factor);
    int outWidth = scaled(image.dim(2), factor);
    check(image, outHeight, outWidth);
    float step = (float) (1.0 / factor);
    return separable(
        image,
        InterpolationTable.linear(image.dim(1), outHeight, step),
        InterpolationTable.linear(image.dim(2), outWidth, step));
  }

  /** {@code mode="area", scale_factor=factor}: the factor counts for the size only. */
  public static FloatTensor areaByFactor(FloatTensor image, double factor) {
    return area(image, scaled(image.dim(1), factor), scaled(image.dim(2), factor));
  }

  /** {@code mode="area"}: the mean over the source pixels that an output pixel touches. */
  public static FloatTensor area(FloatTensor image, int outHeight, int outWidth) {
    check(image, outHeight, outWidth);
    int channels = image.dim(0);
    int height = image.dim(1);
    int width = image.dim(2);
    float[] in = image.data();
    FloatTensor result = FloatTensor.zeros(channels, outHeight, outWidth);
    float[] out = result.data();
    int[] starts = areaStarts(width, outWidth);
    int[] ends = areaEnds(width, outWidth);
    int index = 0;
    for (int c = 0; c < channels; c++) {
      for (int oy = 0; oy < outHeight; oy++) {
        int top = areaStart(oy, height, outHeight);
        int bottom = areaEnd(oy, height, outHeight);
        for (int ox = 0; ox < outWidth; ox++) {
          float sum = 0f;
          for (int y = top; y < bottom; y++) {
            int row = (c * height + y) * width;
            for (int x = starts[ox]; x < ends[ox]; x++) {
              sum += in[row + x];
            }
          }
          out[index++] = sum / (bottom - top) / (ends[ox] - starts[ox]);
        }
      }
    }
    return result;
  }

  /** {@code mode="nearest"}: the source pixel at {@code floor(i * in / out)}. */
  public static FloatTensor nearest(FloatTensor image, int outHeight, int outWidth) {
    check(image, outHeight, outWidth);
    int channels = image.dim(0);
    int height = image.dim(1);
    int width = image.dim(2);
    int[] rows = nearestPositions(height, outHeight);
    int[] columns = nearestPositions(width, outWidth);
    FloatTensor result = FloatTensor.zeros(channels, outHeight, outWidth);
    float[] in = image.data();
    float[] out = result.data();
    int index = 0;
    for (int c = 0; c < channels; c++) {
      for (int oy = 0; oy < outHeight; oy++) {
        int row = (c * height + rows[oy]) * width;
        for (int ox = 0; ox < outWidth; ox++) {
          out[index++] = in[row + columns[ox]];
        }
      }
    }
    return result;
  }

  static FloatTensor separable(
      FloatTensor image, InterpolationTable vertical, InterpolationTable horizontal) {
    int channels = image.dim(0);
    int height = image.dim(1);
    int width = image.dim(2);
    int outHeight = vertical.outSize();
    int outWidth = horizontal.outSize();
    FloatTensor result = FloatTensor.zeros(channels, outHeight, outWidth);
    float[] out = result.data();
    int taps = vertical.taps();
    // The taps of one output row are consecutive source rows, so row % taps never collides.
    float[][] filteredRows = new float[taps][outWidth];
    int[] cached = new int[taps];
    for (int c = 0; c < channels; c++) {
      Arrays.fill(cached, -1);
      for (int oy = 0; oy < outHeight; oy++) {
        int target = (c * outHeight + oy) * outWidth;
        for (int k = 0; k < taps; k++) {
          int row = vertical.positions()[oy * taps + k];
          float weight = vertical.weights()[oy * taps + k];
          float[] filtered = filteredRows[row % taps];
          if (cached[row % taps] != row) {
            filterRow(image.data(), (c * height + row) * width, horizontal, filtered);
            cached[row % taps] = row;
          }
          accumulate(filtered, weight, out, target);
        }
      }
    }
    return result;
  }

  static void accumulate(float[] row, float weight, float[] out, int target) {
    for (int x = 0; x < row.length; x++) {
      out[target + x] += row[x] * weight;
    }
  }

  static void filterRow(float[] in, int row, InterpolationTable table, float[] filtered) {
    int[] at = table.positions();
    float[] w = table.weights();
    if (table.taps() == 4) {
      for (int x = 0, k = 0; x < filtered.length; x++, k += 4) {
        filtered[x] =
            in[row + at[k]] * w[k]
                + in[row + at[k + 1]] * w[k + 1]
                + in[row + at[k + 2]] * w[k + 2]
                + in[row + at[k + 3]] * w[k + 3];
      }
    } else {
      for (int x = 0, k = 0; x < filtered.length; x++, k += 2) {
        filtered[x] = in[row + at[k]] * w[k] + in[row + at[k + 1]] * w[k + 1];
      }
    }
  }

  private static int areaStart(int i, int inSize, int outSize) {
    return (int) ((long) i * inSize / outSize);
  }

  private static int areaEnd(int i, int inSize, int outSize) {
    return (int) (((long) (i + 1) * inSize + outSize - 1) / outSize);
  }

  private static int[] areaStarts(int inSize, int outSize) {
    int[] starts = new int[outSize];
    Arrays.setAll(starts, i -> areaStart(i, inSize, outSize));
    return starts;
  }

  private static int[] areaEnds(int inSize, int outSize) {
    int[] ends = new int[outSize];
    Arrays.setAll(ends, i -> areaEnd(i, inSize, outSize));
    return ends;
  }

  private static int[] nearestPositions(int inSize, int outSize) {
    float scale = (float) inSize / outSize;
    int[] positions = new int[outSize];
    Arrays.setAll(positions, i -> Math.min((int) (i * scale), inSize - 1));
    return positions;
  }

  private static int scaled(int side, double factor) {
    if (!(factor > 0 && factor <= 64)) {
      throw new IllegalArgumentException(
          "A resize factor must be above 0 and at most 64, got " + factor);
    }
    return Math.max((int) Math.floor(side * factor), 1);
  }

  private static void check(FloatTensor image, int outHeight, int outWidth) {
    Shapes.requirePicture(image);
    Shapes.requireSize(outHeight, outWidth);
  }
}
