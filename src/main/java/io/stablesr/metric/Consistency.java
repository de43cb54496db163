package io.stablesr.metric;

import io.stablesr.core.FloatTensor;
import io.stablesr.image.PilResize;

/**
 * How well a result, made small again, agrees with its input: the {@link Psnr} of the result
 * reduced to the input's size against the input. A result that invents or moves content scores low
 * however sharp it is. Reduced by bicubic interpolation with antialiasing (a = -0.5, as Pillow and
 * MATLAB), clipped to 0..1, not rounded.
 *
 * @param color what is compared
 * @param border pixels of the input left out on each side
 */
public record Consistency(MetricColor color, int border) implements PairMetric {
  /**
   * The score of a result.
   *
   * @param picture {@code [3,H,W]} in 0..1
   * @param input {@code [3,h,w]}, of the same shape up to a pixel and not larger
   */
  @Override
  public double score(FloatTensor picture, FloatTensor input) {
    requireEnlarged(picture, input);
    FloatTensor small = PilResize.bicubicFloats(picture, input.dim(1), input.dim(2)).copy();
    for (int i = 0; i < small.size(); i++) {
      small.data()[i] = Math.min(Math.max(small.data()[i], 0), 1);
    }
    return new Psnr(color, border).score(small, input);
  }

  private static void requireEnlarged(FloatTensor picture, FloatTensor input) {
    double height = picture.dim(1);
    double width = picture.dim(2);
    double vertical = height / input.dim(1);
    double horizontal = width / input.dim(2);
    // A side may have been rounded by a pixel of the input.
    boolean sameShape =
        Math.abs(height - horizontal * input.dim(1)) <= horizontal
            || Math.abs(width - vertical * input.dim(2)) <= vertical;
    if (vertical < 1 || horizontal < 1 || !sameShape) {
      throw new IllegalArgumentException(
          "Consistency needs a result that is its input enlarged, got %dx%d from %dx%d"
              .formatted(picture.dim(2), picture.dim(1), input.dim(2), input.dim(1)));
    }
  }
}
