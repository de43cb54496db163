package io.stablesr.image;

import io.stablesr.core.FloatTensor;

/**
 * Ties the colours of a result to those of its input. Both pictures are {@code [3,H,W]} in about
 * -1..1 and not clamped: {@code content} is the decoded result, {@code style} the enlarged input as
 * it was fed to the encoder. The caller maps to 0..1 and clamps afterwards.
 */
public final class ColorCorrection {
  /** Decomposition levels of the published wavelet correction. */
  public static final int WAVELET_LEVELS = 5;

  private static final double VARIANCE_FLOOR = 1e-5;

  private ColorCorrection() {}

  /** The correction that {@code fix} names, wavelet with {@link #WAVELET_LEVELS} levels. */
  public static FloatTensor apply(ColorFix fix, FloatTensor content, FloatTensor style) {
    return switch (fix) {
      case ADAIN -> adain(content, style);
      case WAVELET -> wavelet(content, style, WAVELET_LEVELS);
      case NONE -> content;
    };
  }

  /**
   * Gives each channel of {@code content} the mean and standard deviation of that channel of {@code
   * style} (unbiased variance + 1e-5). The two may differ in size, but a picture of a single pixel
   * has no variance.
   */
  public static FloatTensor adain(FloatTensor content, FloatTensor style) {
    Shapes.requireChannels(content, 3);
    Shapes.requireChannels(style, 3);
    FloatTensor result = FloatTensor.zeros(content.shape());
    for (int c = 0; c < 3; c++) {
      shift(content, c, Moments.of(content, c), Moments.of(style, c), result);
    }
    return result;
  }

  /** Gives one channel other moments; {@code result} may be {@code content}. */
  static void shift(
      FloatTensor content, int channel, Moments from, Moments to, FloatTensor result) {
    int plane = content.dim(1) * content.dim(2);
    for (int i = channel * plane; i < (channel + 1) * plane; i++) {
      result.data()[i] =
          (content.data()[i] - from.mean()) / from.deviation() * to.deviation() + to.mean();
    }
  }

  /**
   * The high frequencies of {@code content} on the low frequencies of {@code style}, which must
   * have the same size. Level {@code i} blurs with (1,2,1)x(1,2,1)/16, dilated by {@code 2^i}, over
   * repeated edges.
   */
  public static FloatTensor wavelet(FloatTensor content, FloatTensor style, int levels) {
    Shapes.requireChannels(content, 3);
    Shapes.requireChannels(style, 3);
    Shapes.requireSameSize(content, style);
    if (levels < 1 || levels > 16) {
      throw new IllegalArgumentException("Wavelet levels must be 1..16, got " + levels);
    }
    FloatTensor result = FloatTensor.zeros(content.shape());
    Blur blur = new Blur(content.dim(1), content.dim(2));
    int plane = content.dim(1) * content.dim(2);
    for (int c = 0; c < 3; c++) {
      blur.load(content, c);
      for (int level = 0; level < levels; level++) {
        blur.apply(1 << level);
        blur.addDetail(result.data(), c * plane);
      }
      blur.load(style, c);
      for (int level = 0; level < levels; level++) {
        blur.apply(1 << level);
      }
      blur.addLow(result.data(), c * plane);
    }
    return result;
  }

  /** Mean and standard deviation of one channel. */
  record Moments(float mean, float deviation) {
    static Moments of(FloatTensor image, int channel) {
      int plane = image.dim(1) * image.dim(2);
      if (plane < 2) {
        throw new IllegalArgumentException("No variance in a picture of one pixel: " + image);
      }
      Sum sum = new Sum();
      sum.add(image, channel);
      sum.startSquares();
      sum.addSquares(image, channel);
      return sum.moments();
    }
  }

  /** The sums behind {@link Moments}, of pictures that come in parts and twice. */
  static final class Sums {
    private final Sum[] channels = {new Sum(), new Sum(), new Sum()};

    void add(FloatTensor part) {
      for (int c = 0; c < channels.length; c++) {
        channels[c].add(part, c);
      }
    }

    void startSquares() {
      for (Sum channel : channels) {
        channel.startSquares();
      }
    }

    void addSquares(FloatTensor part) {
      for (int c = 0; c < channels.length; c++) {
        channels[c].addSquares(part, c);
      }
    }

    Moments moments(int channel) {
      return channels[channel].moments();
    }
  }

  private static final class Sum {
    private long count;
    private double sum;
    private double mean;
    private double squares;

    void add(FloatTensor image, int channel) {
      int plane = image.dim(1) * image.dim(2);
      float[] data = image.data();
      double total = sum;
      for (int i = channel * plane; i < (channel + 1) * plane; i++) {
        total += data[i];
      }
      sum = total;
      count += plane;
    }

    void startSquares() {
      mean = sum / count;
    }

    void addSquares(FloatTensor image, int channel) {
      int plane = image.dim(1) * image.dim(2);
      float[] data = image.data();
      double total = squares;
      for (int i = channel * plane; i < (channel + 1) * plane; i++) {
        double difference = data[i] - mean;
        total += difference * difference;
      }
      squares = total;
    }

    Moments moments() {
      return new Moments((float) mean, (float) Math.sqrt(squares / (count - 1) + VARIANCE_FLOOR));
    }
  }

  /** Repeated blurs of one plane, in three buffers that all channels share. */
  private static final class Blur {
    private final int height;
    private final int width;
    private float[] image;
    private float[] low;
    private final float[] rowsDone;

    Blur(int height, int width) {
      this.height = height;
      this.width = width;
      this.image = new float[height * width];
      this.low = new float[height * width];
      this.rowsDone = new float[height * width];
    }

    void load(FloatTensor picture, int channel) {
      System.arraycopy(picture.data(), channel * low.length, low, 0, low.length);
    }

    /**
     * Blurs what the last call left; afterwards {@code image} is the input, {@code low} its blur.
     */
    void apply(int radius) {
      float[] swap = image;
      image = low;
      low = swap;
      for (int y = 0; y < height; y++) {
        int row = y * width;
        for (int x = 0; x < width; x++) {
          int left = row + Math.max(x - radius, 0);
          int right = row + Math.min(x + radius, width - 1);
          rowsDone[row + x] = image[left] + 2f * image[row + x] + image[right];
        }
      }
      for (int y = 0; y < height; y++) {
        int row = y * width;
        int above = Math.max(y - radius, 0) * width;
        int below = Math.min(y + radius, height - 1) * width;
        for (int x = 0; x < width; x++) {
          low[row + x] =
              (rowsDone[above + x] + 2f * rowsDone[row + x] + rowsDone[below + x]) * 0.0625f;
        }
      }
    }

    void addDetail(float[] out, int offset) {
      for (int i = 0; i < low.length; i++) {
        out[offset + i] += image[i] - low[i];
      }
    }

    void addLow(float[] out, int offset) {
      for (int i = 0; i < low.length; i++) {
        out[offset + i] += low[i];
      }
    }
  }
}
