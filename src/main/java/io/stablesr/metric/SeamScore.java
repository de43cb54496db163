package io.stablesr.metric;

import io.stablesr.core.FloatTensor;
import java.util.Arrays;

/**
 * How much stronger the step at the worst border of a tile is than steps elsewhere in the picture;
 * NaN where the picture has no inner border. Pictures without seams have up to 5, since the worst
 * of many borders is taken.
 *
 * <p>The step across a line is the difference of the mean luma (full range, 0..1) of the n pixels
 * behind it and the n before it, less the mean of the same differences n pixels further on each
 * side, so that slopes do not count. It is taken with its sign over pieces of 128 pixels along the
 * line, where texture averages out and a seam does not; the line has the mean of the absolute
 * values. A border's line is divided by the mean of all lines in its direction that are 16 pixels
 * and more from every border; a quarter of a level is added to both, so that flat pictures have 1.
 * The largest ratio counts, of all borders and of n = 1, for cuts, and n = 4, for ramps of some
 * pixels. A change that is blended over a whole overlap is not seen.
 *
 * @param tiles where borders lie
 */
public record SeamScore(TileBorders tiles) implements PictureMetric {
  private static final int[] REACHES = {1, 4};
  private static final int PIECE = 128;
  private static final int DISTANCE = 16;
  private static final double FLOOR = 0.25 / 255;

  @Override
  public double score(FloatTensor picture) {
    int height = picture.dim(1);
    int width = picture.dim(2);
    double[] luma = MetricColor.YIQ_LUMA.channels(picture)[0];
    Plane upright = new Plane(luma, height, width);
    Plane turned = new Plane(transposed(luma, height, width), width, height);
    double worst = Double.NaN;
    for (int reach : REACHES) {
      worst = larger(worst, worst(upright, tiles.along(width), reach));
      worst = larger(worst, worst(turned, tiles.along(height), reach));
    }
    return worst;
  }

  private static double larger(double one, double other) {
    return Double.isNaN(one) || other > one ? other : one;
  }

  /** Of the columns of a plane; NaN where there is nothing to compare. */
  private static double worst(Plane plane, int[] borders, int reach) {
    double largest = Double.NaN;
    double sum = 0;
    int lines = 0;
    for (int x = 2 * reach; borders.length > 0 && x <= plane.width - 2 * reach; x++) {
      int at = x;
      int nearest = Arrays.stream(borders).map(border -> Math.abs(border - at)).min().orElseThrow();
      if (nearest == 0) {
        largest = larger(largest, plane.step(x, reach));
      } else if (nearest >= DISTANCE) {
        sum += plane.step(x, reach);
        lines++;
      }
    }
    return lines == 0 ? Double.NaN : (largest + FLOOR) / (sum / lines + FLOOR);
  }

  private static double[] transposed(double[] plane, int height, int width) {
    double[] transposed = new double[plane.length];
    for (int i = 0; i < plane.length; i++) {
      transposed[i % width * height + i / width] = plane[i];
    }
    return transposed;
  }

  /** Values {@code [H*W]}. */
  private static final class Plane {
    private final double[] values;
    private final int height;
    private final int width;

    Plane(double[] values, int height, int width) {
      this.values = values;
      this.height = height;
      this.width = width;
    }

    /** The step before column {@code x}; the last piece takes the rows that are left over. */
    double step(int x, int reach) {
      double[] sums = new double[Math.max(1, height / PIECE)];
      int[] counts = new int[sums.length];
      for (int y = 0; y < height; y++) {
        int piece = Math.min(y / PIECE, sums.length - 1);
        int at = y * width + x;
        double behind = mean(at, reach);
        double before = mean(at - reach, reach);
        double outer = mean(at + reach, reach) - behind + before - mean(at - 2 * reach, reach);
        sums[piece] += behind - before - outer / 2;
        counts[piece]++;
      }
      double absolute = 0;
      for (int i = 0; i < sums.length; i++) {
        absolute += Math.abs(sums[i]) / counts[i];
      }
      return absolute / sums.length;
    }

    private double mean(int from, int count) {
      double sum = 0;
      for (int i = from; i < from + count; i++) {
        sum += values[i];
      }
      return sum / count;
    }
  }
}
