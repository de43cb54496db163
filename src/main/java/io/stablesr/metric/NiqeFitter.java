package io.stablesr.metric;

import io.stablesr.core.FloatTensor;
import io.stablesr.image.Borders;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Fits a model of pristine pictures as NIQE's authors did: of every picture the sharp blocks, those
 * with a local deviation above 0.75 of the picture's highest, and mean and covariance of all of
 * them.
 */
public final class NiqeFitter {
  private static final double SHARP = 0.75;

  private final List<double[]> blocks = new ArrayList<>();

  /** Takes the sharp blocks of a picture {@code [3,H,W]} in 0..1; returns how many. */
  public int add(FloatTensor picture) {
    int height = picture.dim(1) / NiqeFeatures.BLOCK * NiqeFeatures.BLOCK;
    int width = picture.dim(2) / NiqeFeatures.BLOCK * NiqeFeatures.BLOCK;
    if (height == 0 || width == 0) {
      throw new IllegalArgumentException("NIQE needs blocks of 96x96 pixels, got " + picture);
    }
    FloatTensor inside = Borders.crop(picture, 0, 0, height, width);
    NiqeFeatures.Blocks found = NiqeFeatures.of(MetricColor.YIQ_LUMA.levels(inside), height, width);
    double highest = Arrays.stream(found.sharpness()).max().orElseThrow();
    int taken = 0;
    for (int i = 0; i < found.sharpness().length; i++) {
      double[] features = found.features()[i];
      if (found.sharpness()[i] > SHARP * highest
          && Arrays.stream(features).noneMatch(Double::isNaN)) {
        blocks.add(features);
        taken++;
      }
    }
    return taken;
  }

  /** The model of all pictures so far. */
  public NiqeModel model() {
    if (blocks.size() <= NiqeFeatures.COUNT) {
      throw new IllegalStateException(
          "A NIQE model needs more than %d blocks, got %d"
              .formatted(NiqeFeatures.COUNT, blocks.size()));
    }
    Niqe.Moments moments = Niqe.Moments.of(blocks.toArray(double[][]::new));
    return new NiqeModel(moments.mean(), moments.covariance());
  }
}
