package io.stablesr.metric;

import io.stablesr.core.FloatTensor;

/**
 * Structural similarity at five scales (Wang et al. 2003), as IQA-PyTorch computes it: the product
 * of contrast and structure at the first four scales and of the whole similarity at the fifth, each
 * to the power of its published weight. Between scales the planes are halved by means of 2x2
 * pixels; a side of odd length gets a line of zeros at each end first, which counts in the mean. 1
 * for equal pictures.
 *
 * @param color what is compared; of three channels the mean at each scale is taken
 * @param border pixels left out on each side
 */
public record MsSsim(MetricColor color, int border) implements PairMetric {
  /** Pixels a side needs: the fifth scale must hold a window. */
  public static final int MIN_PIXELS = 161;

  private static final double[] WEIGHTS = {0.0448, 0.2856, 0.3001, 0.2363, 0.1333};

  @Override
  public double score(FloatTensor picture, FloatTensor truth) {
    Pairs.requireSame(picture, truth);
    FloatTensor inner = Pairs.inside(picture, border);
    int height = inner.dim(1);
    int width = inner.dim(2);
    if (height < MIN_PIXELS || width < MIN_PIXELS) {
      throw new IllegalArgumentException(
          "MS-SSIM needs at least %1$dx%1$d pixels inside of the border, got %2$dx%3$d; leave ms-ssim out for such pictures"
              .formatted(MIN_PIXELS, width, height));
    }
    double[][] one = SimilarityMaps.levels(color.channels(inner));
    double[][] other = SimilarityMaps.levels(color.channels(Pairs.inside(truth, border)));
    double product = 1;
    for (int scale = 0; scale < WEIGHTS.length; scale++) {
      boolean last = scale == WEIGHTS.length - 1;
      double sum = 0;
      for (int c = 0; c < one.length; c++) {
        SimilarityMaps maps = SimilarityMaps.of(one[c], other[c], height, width);
        sum += SimilarityMaps.mean(last ? maps.similarity() : maps.structure());
        if (!last) {
          one[c] = halved(one[c], height, width);
          other[c] = halved(other[c], height, width);
        }
      }
      product *= Math.pow(sum / one.length, WEIGHTS[scale]);
      height = (height + 1) / 2;
      width = (width + 1) / 2;
    }
    return product;
  }

  /** Means of 2x2 pixels, {@code [ceil(H/2)*ceil(W/2)]}; outside is 0. */
  static double[] halved(double[] plane, int height, int width) {
    int outHeight = (height + 1) / 2;
    int outWidth = (width + 1) / 2;
    double[] out = new double[outHeight * outWidth];
    for (int i = 0; i < plane.length; i++) {
      int y = (i / width + height % 2) / 2;
      int x = (i % width + width % 2) / 2;
      out[y * outWidth + x] += plane[i] / 4;
    }
    return out;
  }
}
