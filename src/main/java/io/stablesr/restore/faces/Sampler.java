package io.stablesr.restore.faces;

import io.stablesr.core.FloatTensor;
import java.util.Arrays;

/**
 * Reads a picture {@code [C,H,W]} through a {@link Similarity}: bilinear, and where pixels of the
 * result are larger than those of the source, the mean of a grid of samples, so that nothing
 * flickers. Beyond the edges the nearest pixel counts.
 */
final class Sampler {
  /** Per direction; finer detail of larger faces than this is skipped. */
  private static final int MOST_SAMPLES = 16;

  private final FloatTensor source;
  private final Similarity toSource;
  private final int grid;

  /**
   * @param toSource from pixels of the result to pixels of the source
   */
  Sampler(FloatTensor source, Similarity toSource) {
    this.source = source;
    this.toSource = toSource;
    double wanted = Math.ceil(toSource.enlargement() - 1e-6);
    this.grid = (int) Math.max(1, Math.min(MOST_SAMPLES, wanted));
  }

  /** The whole result, {@code [C,height,width]}. */
  FloatTensor picture(int height, int width) {
    int channels = source.dim(0);
    FloatTensor result = FloatTensor.zeros(channels, height, width);
    float[] values = new float[channels];
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        read(x, y, values);
        for (int c = 0; c < channels; c++) {
          result.data()[(c * height + y) * width + x] = values[c];
        }
      }
    }
    return result;
  }

  /** The channels of pixel {@code (x, y)} of the result. */
  void read(int x, int y, float[] values) {
    Arrays.fill(values, 0);
    for (int i = 0; i < grid; i++) {
      for (int j = 0; j < grid; j++) {
        Point at = toSource.apply(x + (j + 0.5) / grid, y + (i + 0.5) / grid);
        add(at.x() - 0.5, at.y() - 0.5, values);
      }
    }
    for (int c = 0; c < values.length; c++) {
      values[c] /= grid * grid;
    }
  }

  private void add(double x, double y, float[] values) {
    int height = source.dim(1);
    int width = source.dim(2);
    double insideX = Math.min(Math.max(x, 0), width - 1);
    double insideY = Math.min(Math.max(y, 0), height - 1);
    int left = (int) insideX;
    int top = (int) insideY;
    int right = Math.min(left + 1, width - 1);
    int bottom = Math.min(top + 1, height - 1);
    float shareX = (float) (insideX - left);
    float shareY = (float) (insideY - top);
    for (int c = 0; c < values.length; c++) {
      int plane = c * height;
      float upper = mix(pixel(plane + top, left), pixel(plane + top, right), shareX);
      float lower = mix(pixel(plane + bottom, left), pixel(plane + bottom, right), shareX);
      values[c] += mix(upper, lower, shareY);
    }
  }

  private float pixel(int row, int column) {
    return source.data()[row * source.dim(2) + column];
  }

  private static float mix(float one, float other, float share) {
    return one + share * (other - one);
  }
}
