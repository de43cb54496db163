package io.stablesr.diffusion;

import io.stablesr.core.FloatTensor;

/**
 * The weighted mean of overlapping tiles (docs/mathematics.md 4.2): f64 products, fp32 sums, in the
 * order in which tiles are added. Adding in another order changes the last bits, so callers add in
 * grid order, flat tiles after all others.
 */
public final class TileAggregation {
  private final int channels;
  private final int height;
  private final int width;
  private final FloatTensor sum;
  private final float[] weightSum;

  /** An empty aggregation over {@code images} canvases {@code [channels,height,width]}. */
  public TileAggregation(int images, int channels, int height, int width) {
    this.channels = channels;
    this.height = height;
    this.width = width;
    this.sum = FloatTensor.zeros(images, channels, height, width);
    this.weightSum = new float[images * height * width];
  }

  /**
   * Adds tile {@code batchIndex} of {@code batch [B,channels,h,w]} at {@code window} of canvas
   * {@code image}.
   *
   * @param weights {@code [h,w]}, row-major, above 0
   */
  public void add(int image, Window window, FloatTensor batch, int batchIndex, double[] weights) {
    int tileSize = window.height() * window.width();
    if (batch.dim(1) != channels
        || batch.dim(2) != window.height()
        || batch.dim(3) != window.width()
        || weights.length != tileSize) {
      throw new IllegalArgumentException("Cannot add " + batch + " at " + window);
    }
    float[] total = sum.data();
    for (int channel = 0; channel < channels; channel++) {
      int from = (batchIndex * channels + channel) * tileSize;
      int plane = (image * channels + channel) * height;
      for (int row = 0; row < window.height(); row++) {
        int to = (plane + window.y() + row) * width + window.x();
        for (int column = 0; column < window.width(); column++) {
          int at = row * window.width() + column;
          total[to + column] =
              (float) (total[to + column] + (double) batch.data()[from + at] * weights[at]);
        }
      }
    }
    for (int row = 0; row < window.height(); row++) {
      int to = (image * height + window.y() + row) * width + window.x();
      for (int column = 0; column < window.width(); column++) {
        weightSum[to + column] =
            (float) (weightSum[to + column] + weights[row * window.width() + column]);
      }
    }
  }

  /**
   * The means {@code [images,channels,height,width]}; NaN where no tile was added. They take the
   * place of the sums, so this can be called once only.
   */
  public FloatTensor mean() {
    float[] mean = sum.data();
    int plane = height * width;
    for (int i = 0; i < mean.length; i++) {
      int image = i / (channels * plane);
      mean[i] = mean[i] / weightSum[image * plane + i % plane];
    }
    return sum;
  }
}
