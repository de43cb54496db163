package io.stablesr.metric;

import io.stablesr.core.FloatTensor;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Structural similarity (Wang et al. 2004) of values in 0..255 rounded to levels: a Gaussian window
 * of 11 pixels with sigma 1.5 that stays inside of the picture, contrast and structure clipped at
 * 0, no reduction before. 1 for equal pictures.
 *
 * @param color what is compared; of three channels the mean is taken
 * @param border pixels left out on each side
 */
public record Ssim(MetricColor color, int border) implements PairMetric {
  @Override
  public double score(FloatTensor picture, FloatTensor truth) {
    double sum = 0;
    List<double[]> maps = maps(picture, truth);
    for (double[] map : maps) {
      sum += SimilarityMaps.mean(map);
    }
    return sum / maps.size();
  }

  /**
   * The similarity of every window, {@code [(H-10)*(W-10)]} for each channel.
   *
   * @param picture {@code [3,H,W]} in 0..1
   * @param truth of the same size
   */
  public List<double[]> maps(FloatTensor picture, FloatTensor truth) {
    Pairs.requireSame(picture, truth);
    FloatTensor inner = Pairs.inside(picture, border);
    int height = inner.dim(1);
    int width = inner.dim(2);
    if (height < SimilarityMaps.SIDE || width < SimilarityMaps.SIDE) {
      throw new IllegalArgumentException(
          "SSIM needs at least 11x11 pixels, got %dx%d".formatted(width, height));
    }
    double[][] one = SimilarityMaps.levels(color.channels(inner));
    double[][] other = SimilarityMaps.levels(color.channels(Pairs.inside(truth, border)));
    return IntStream.range(0, one.length)
        .mapToObj(c -> SimilarityMaps.of(one[c], other[c], height, width).similarity())
        .toList();
  }
}
