package io.stablesr.degrade;

import io.stablesr.core.FloatTensor;
import io.stablesr.image.Borders;
import io.stablesr.image.Margins;

/** Correlation of a picture with a kernel; the picture is mirrored at its edges. */
public final class KernelFilter {
  private KernelFilter() {}

  /** The picture {@code [C,H,W]} filtered channel by channel, of the same size. */
  public static FloatTensor apply(FloatTensor picture, Kernel kernel) {
    int size = kernel.size();
    int reach = size / 2;
    FloatTensor padded = Borders.reflectPad(picture, new Margins(reach, reach, reach, reach));
    FloatTensor result = FloatTensor.zeros(picture.shape());
    int width = picture.dim(2);
    int paddedWidth = padded.dim(2);
    for (int c = 0; c < picture.dim(0); c++) {
      for (int y = 0; y < picture.dim(1); y++) {
        int target = (c * picture.dim(1) + y) * width;
        for (int ky = 0; ky < size; ky++) {
          int row = (c * padded.dim(1) + y + ky) * paddedWidth;
          for (int kx = 0; kx < size; kx++) {
            addScaled(
                padded.data(),
                row + kx,
                (float) kernel.weight(ky, kx),
                result.data(),
                target,
                width);
          }
        }
      }
    }
    return result;
  }

  /** As {@link #apply} with the product of {@code line} with itself. */
  static FloatTensor separable(FloatTensor picture, double[] line) {
    int reach = line.length / 2;
    int channels = picture.dim(0);
    int height = picture.dim(1);
    int width = picture.dim(2);
    FloatTensor wide = Borders.reflectPad(picture, new Margins(0, 0, reach, reach));
    FloatTensor rows = FloatTensor.zeros(picture.shape());
    for (int row = 0; row < channels * height; row++) {
      for (int k = 0; k < line.length; k++) {
        addScaled(
            wide.data(), row * wide.dim(2) + k, (float) line[k], rows.data(), row * width, width);
      }
    }
    FloatTensor high = Borders.reflectPad(rows, new Margins(reach, reach, 0, 0));
    FloatTensor result = FloatTensor.zeros(picture.shape());
    for (int c = 0; c < channels; c++) {
      for (int y = 0; y < height; y++) {
        for (int k = 0; k < line.length; k++) {
          addScaled(
              high.data(),
              (c * high.dim(1) + y + k) * width,
              (float) line[k],
              result.data(),
              (c * height + y) * width,
              width);
        }
      }
    }
    return result;
  }

  private static void addScaled(
      float[] in, int from, float weight, float[] out, int to, int count) {
    for (int x = 0; x < count; x++) {
      out[to + x] += in[from + x] * weight;
    }
  }
}
