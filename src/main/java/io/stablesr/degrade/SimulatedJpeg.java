package io.stablesr.degrade;

import io.stablesr.core.FloatTensor;
import io.stablesr.image.Borders;
import io.stablesr.image.Margins;

/**
 * JPEG compression and decompression in floating point: colour transform, chroma as means of 2x2
 * pixels, cosine transform of 8x8 blocks, rounding to multiples of the quantisation table, and
 * back; chroma is repeated, not interpolated. The picture is not rounded to levels before or after,
 * and quality is a real number.
 *
 * <p>Two things differ from JPEG's standard and are kept because published models have seen them:
 * the luma table is transposed, and the picture is padded with black to whole blocks.
 */
public final class SimulatedJpeg {
  /** Of ITU-T T.81, table K.1, transposed. */
  private static final int[] LUMA = {
    16, 12, 14, 14, 18, 24, 49, 72,
    11, 12, 13, 17, 22, 35, 64, 92,
    10, 14, 16, 22, 37, 55, 78, 95,
    16, 19, 24, 29, 56, 64, 87, 98,
    24, 26, 40, 51, 68, 81, 103, 112,
    40, 58, 57, 87, 109, 104, 121, 100,
    51, 60, 69, 80, 103, 113, 120, 103,
    61, 55, 56, 62, 77, 92, 101, 99
  };

  /** Of ITU-T T.81, table K.2; symmetric. */
  private static final int[] CHROMA = {
    17, 18, 24, 47, 99, 99, 99, 99,
    18, 21, 26, 66, 99, 99, 99, 99,
    24, 26, 56, 99, 99, 99, 99, 99,
    47, 66, 99, 99, 99, 99, 99, 99,
    99, 99, 99, 99, 99, 99, 99, 99,
    99, 99, 99, 99, 99, 99, 99, 99,
    99, 99, 99, 99, 99, 99, 99, 99,
    99, 99, 99, 99, 99, 99, 99, 99
  };

  private static final int MACRO_BLOCK = 16;

  private SimulatedJpeg() {}

  /**
   * The picture {@code [3,H,W]} in 0..1 after compression.
   *
   * @param quality above 0 and at most 100; at 100 nothing is rounded
   */
  public static FloatTensor apply(FloatTensor picture, double quality) {
    if (!(quality > 0 && quality <= 100)) {
      throw new IllegalArgumentException("JPEG quality is above 0 and at most 100, got " + quality);
    }
    int height = picture.dim(1);
    int width = picture.dim(2);
    FloatTensor padded =
        Borders.constantPad(picture, Margins.bottomRight(missing(height), missing(width)), 0f);
    FloatTensor planes = toYcc(padded);
    FloatTensor[] channels = {
      Borders.crop(
          planes.reshape(1, 3 * padded.dim(1), padded.dim(2)), 0, 0, padded.dim(1), padded.dim(2)),
      halved(planes, 1),
      halved(planes, 2)
    };
    double factor = factor(quality);
    if (factor > 0) {
      BlockQuantizer luma = new BlockQuantizer(LUMA, factor);
      BlockQuantizer chroma = new BlockQuantizer(CHROMA, factor);
      luma.apply(channels[0]);
      chroma.apply(channels[1]);
      chroma.apply(channels[2]);
    }
    return Borders.crop(toRgb(channels), 0, 0, height, width);
  }

  /** What the standard tables are multiplied with. */
  static double factor(double quality) {
    return (quality < 50 ? 5000 / quality : 200 - quality * 2) / 100;
  }

  private static int missing(int side) {
    return Math.floorMod(-side, MACRO_BLOCK);
  }

  private static FloatTensor toYcc(FloatTensor rgb) {
    int plane = rgb.dim(1) * rgb.dim(2);
    FloatTensor ycc = FloatTensor.zeros(rgb.shape());
    float[] in = rgb.data();
    float[] out = ycc.data();
    for (int i = 0; i < plane; i++) {
      float r = in[i] * 255f;
      float g = in[plane + i] * 255f;
      float b = in[2 * plane + i] * 255f;
      out[i] = 0.299f * r + 0.587f * g + 0.114f * b;
      out[plane + i] = -0.168736f * r - 0.331264f * g + 0.5f * b + 128f;
      out[2 * plane + i] = 0.5f * r - 0.418688f * g - 0.081312f * b + 128f;
    }
    return ycc;
  }

  private static FloatTensor halved(FloatTensor planes, int channel) {
    int height = planes.dim(1) / 2;
    int width = planes.dim(2) / 2;
    FloatTensor half = FloatTensor.zeros(1, height, width);
    float[] in = planes.data();
    for (int y = 0; y < height; y++) {
      int row = (channel * planes.dim(1) + 2 * y) * planes.dim(2);
      int next = row + planes.dim(2);
      for (int x = 0; x < width; x++) {
        half.data()[y * width + x] =
            (in[row + 2 * x] + in[row + 2 * x + 1] + in[next + 2 * x] + in[next + 2 * x + 1]) / 4f;
      }
    }
    return half;
  }

  private static FloatTensor toRgb(FloatTensor[] channels) {
    int height = channels[0].dim(1);
    int width = channels[0].dim(2);
    int plane = height * width;
    FloatTensor rgb = FloatTensor.zeros(3, height, width);
    float[] out = rgb.data();
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        int at = y * width + x;
        int half = y / 2 * (width / 2) + x / 2;
        float luma = channels[0].data()[at];
        float blueness = channels[1].data()[half] - 128f;
        float redness = channels[2].data()[half] - 128f;
        out[at] = unit(luma + 1.402f * redness);
        out[plane + at] = unit(luma - 0.344136f * blueness - 0.714136f * redness);
        out[2 * plane + at] = unit(luma + 1.772f * blueness);
      }
    }
    return rgb;
  }

  private static float unit(float level) {
    return Math.min(Math.max(level, 0f), 255f) / 255f;
  }
}
