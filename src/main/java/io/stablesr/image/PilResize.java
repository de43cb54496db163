package io.stablesr.image;

import io.stablesr.core.FloatTensor;
import java.util.Arrays;

/**
 * Resampling of 8-bit pictures exactly as the Python imaging library Pillow does it: antialiased,
 * fixed-point coefficients with 22 fractional bits, a horizontal pass and then a vertical one, each
 * rounded and clipped to 8 bits. The published scripts floor the input size to a multiple of 8 or
 * 32 with Lanczos this way.
 *
 * <p>Pictures are {@code [C,H,W]} with values k/255; other values are rounded to the nearest such
 * value first. Results are again k/255.
 */
public final class PilResize {
  private static final int PRECISION_BITS = 32 - 8 - 2;

  private PilResize() {}

  /** {@code Image.resize((outWidth, outHeight), LANCZOS)}. */
  public static FloatTensor lanczos(FloatTensor image, int outHeight, int outWidth) {
    return resize(image, outHeight, outWidth, Filter.LANCZOS);
  }

  /** {@code Image.resize((outWidth, outHeight), BICUBIC)}, a = -0.5. */
  public static FloatTensor bicubic(FloatTensor image, int outHeight, int outWidth) {
    return resize(image, outHeight, outWidth, Filter.BICUBIC);
  }

  /**
   * {@code Image.resize((outWidth, outHeight), BICUBIC)} of each channel as a picture of mode "F":
   * floats of any range, sums in double precision, nothing clipped.
   */
  public static FloatTensor bicubicFloats(FloatTensor image, int outHeight, int outWidth) {
    Shapes.requirePicture(image);
    Shapes.requireSize(outHeight, outWidth);
    int height = image.dim(1);
    int width = image.dim(2);
    Coefficients horizontal = coefficients(width, outWidth, Filter.BICUBIC);
    Coefficients vertical = coefficients(height, outHeight, Filter.BICUBIC);
    FloatTensor result = FloatTensor.zeros(image.dim(0), outHeight, outWidth);
    for (int c = 0; c < image.dim(0); c++) {
      float[] plane =
          Arrays.copyOfRange(image.data(), c * height * width, (c + 1) * height * width);
      if (width != outWidth) {
        plane = pass(plane, height, width, 1, horizontal);
      }
      if (height != outHeight) {
        plane = pass(plane, outWidth, 1, outWidth, vertical);
      }
      System.arraycopy(plane, 0, result.data(), c * plane.length, plane.length);
    }
    return result;
  }

  /**
   * Resamples lines: line i begins at {@code i * lineStep} and its values are {@code step} apart;
   * in the result likewise, with the new length.
   */
  private static float[] pass(float[] in, int lines, int lineStep, int step, Coefficients table) {
    int outLength = table.first.length;
    float[] out = new float[lines * outLength];
    int outLineStep = step == 1 ? outLength : 1;
    for (int line = 0; line < lines; line++) {
      for (int i = 0; i < outLength; i++) {
        double sum = 0;
        for (int k = 0; k < table.count[i]; k++) {
          sum +=
              in[line * lineStep + (table.first[i] + k) * step] * table.exact[i * table.taps + k];
        }
        out[line * outLineStep + i * step] = (float) sum;
      }
    }
    return out;
  }

  private static FloatTensor resize(FloatTensor image, int outHeight, int outWidth, Filter filter) {
    Shapes.requirePicture(image);
    Shapes.requireSize(outHeight, outWidth);
    int channels = image.dim(0);
    int height = image.dim(1);
    int width = image.dim(2);
    // Pillow skips a pass along an axis whose size stays.
    Coefficients horizontal = width == outWidth ? null : coefficients(width, outWidth, filter);
    Coefficients vertical = height == outHeight ? null : coefficients(height, outHeight, filter);
    FloatTensor result = FloatTensor.zeros(channels, outHeight, outWidth);
    for (int c = 0; c < channels; c++) {
      byte[] plane = quantize(image.data(), c * height * width, height * width);
      if (horizontal != null) {
        plane = horizontalPass(plane, height, width, outWidth, horizontal);
      }
      if (vertical != null) {
        plane = verticalPass(plane, outWidth, outHeight, vertical);
      }
      float[] out = result.data();
      int offset = c * plane.length;
      for (int i = 0; i < plane.length; i++) {
        out[offset + i] = (plane[i] & 0xff) / 255f;
      }
    }
    return result;
  }

  private static byte[] quantize(float[] data, int offset, int length) {
    byte[] plane = new byte[length];
    for (int i = 0; i < length; i++) {
      plane[i] = (byte) (int) (255f * Math.min(Math.max(data[offset + i], 0f), 1f) + 0.5f);
    }
    return plane;
  }

  private static byte[] horizontalPass(
      byte[] in, int height, int width, int outWidth, Coefficients table) {
    byte[] out = new byte[height * outWidth];
    for (int y = 0; y < height; y++) {
      int row = y * width;
      for (int x = 0; x < outWidth; x++) {
        int first = row + table.first[x];
        int weights = x * table.taps;
        int sum = 1 << (PRECISION_BITS - 1);
        for (int k = 0; k < table.count[x]; k++) {
          sum += (in[first + k] & 0xff) * table.weights[weights + k];
        }
        out[y * outWidth + x] = clip(sum);
      }
    }
    return out;
  }

  private static byte[] verticalPass(byte[] in, int width, int outHeight, Coefficients table) {
    byte[] out = new byte[outHeight * width];
    int[] sums = new int[width];
    for (int y = 0; y < outHeight; y++) {
      Arrays.fill(sums, 1 << (PRECISION_BITS - 1));
      for (int k = 0; k < table.count[y]; k++) {
        int weight = table.weights[y * table.taps + k];
        int row = (table.first[y] + k) * width;
        for (int x = 0; x < width; x++) {
          sums[x] += (in[row + x] & 0xff) * weight;
        }
      }
      for (int x = 0; x < width; x++) {
        out[y * width + x] = clip(sums[x]);
      }
    }
    return out;
  }

  private static byte clip(int sum) {
    return (byte) Math.min(Math.max(sum >> PRECISION_BITS, 0), 255);
  }

  private static Coefficients coefficients(int inSize, int outSize, Filter filter) {
    double scale = (double) inSize / outSize;
    double filterScale = Math.max(scale, 1.0);
    double support = filter.support * filterScale;
    int taps = (int) Math.ceil(support) * 2 + 1;
    Coefficients table = new Coefficients(outSize, taps);
    double[] weights = new double[taps];
    for (int i = 0; i < outSize; i++) {
      double center = (i + 0.5) * scale;
      int first = Math.max((int) (center - support + 0.5), 0);
      int count = Math.min((int) (center + support + 0.5), inSize) - first;
      double total = 0;
      for (int k = 0; k < count; k++) {
        weights[k] = filter.weight((k + first - center + 0.5) * (1.0 / filterScale));
        total += weights[k];
      }
      table.first[i] = first;
      table.count[i] = count;
      for (int k = 0; k < count; k++) {
        double share = total == 0 ? weights[k] : weights[k] / total;
        table.exact[i * taps + k] = share;
        double fixed = share * (1 << PRECISION_BITS);
        table.weights[i * taps + k] = (int) (fixed < 0 ? fixed - 0.5 : fixed + 0.5);
      }
    }
    return table;
  }

  private static final class Coefficients {
    private final int taps;
    private final int[] first;
    private final int[] count;
    private final int[] weights;
    private final double[] exact;

    private Coefficients(int outSize, int taps) {
      this.taps = taps;
      this.first = new int[outSize];
      this.count = new int[outSize];
      this.weights = new int[outSize * taps];
      this.exact = new double[outSize * taps];
    }
  }

  private enum Filter {
    LANCZOS(3.0) {
      @Override
      double weight(double x) {
        return -3.0 <= x && x < 3.0 ? sinc(x) * sinc(x / 3.0) : 0.0;
      }
    },
    BICUBIC(2.0) {
      @Override
      double weight(double x) {
        double a = -0.5;
        double t = Math.abs(x);
        if (t < 1.0) {
          return ((a + 2.0) * t - (a + 3.0)) * t * t + 1.0;
        }
        return t < 2.0 ? (((t - 5.0) * t + 8.0) * t - 4.0) * a : 0.0;
      }
    };

    private final double support;

    Filter(double support) {
      this.support = support;
    }

    abstract double weight(double x);

    private static double sinc(double x) {
      double angle = x * Math.PI;
      return angle == 0.0 ? 1.0 : Math.sin(angle) / angle;
    }
  }
}
