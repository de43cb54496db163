package io.stablesr.restore;

import io.stablesr.checkpoint.Weights;
import io.stablesr.core.FloatTensor;
import io.stablesr.diffusion.Window;
import io.stablesr.engine.CompileOptions;
import io.stablesr.engine.CompiledNetwork;
import io.stablesr.engine.TensorEngine;
import io.stablesr.engine.TensorScope;
import io.stablesr.image.Borders;
import io.stablesr.network.PictureGuide;
import java.util.Map;

/**
 * Reads off a whole picture what guides a network on its parts. It is always computed in fp32, and
 * in parts of one size: it decides about the whole picture, which shall not depend on how the
 * picture is cut for the network.
 */
final class GuideReader implements AutoCloseable {
  /** Side of a part in pixels, with what it reads around what counts of it. */
  static final int PART_PIXELS = 512;

  private static final int RECORDED_SIDE = 64;

  private final TensorEngine engine;
  private final PictureGuide guide;
  private final CompiledNetwork features;
  private final CompiledNetwork mapping;

  private GuideReader(
      TensorEngine engine, PictureGuide guide, CompiledNetwork features, CompiledNetwork mapping) {
    this.engine = engine;
    this.guide = guide;
    this.features = features;
    this.mapping = mapping;
  }

  static GuideReader load(TensorEngine engine, PictureGuide guide, Weights weights) {
    CompiledNetwork features =
        engine.compile(guide.features(RECORDED_SIDE, RECORDED_SIDE), weights, CompileOptions.EXACT);
    try {
      return new GuideReader(
          engine, guide, features, engine.compile(guide.mapping(), weights, CompileOptions.EXACT));
    } catch (RuntimeException e) {
      features.close();
      throw e;
    }
  }

  /** The network's input of the guide's name for {@code picture [3,H,W]} in 0..1. */
  Map<String, FloatTensor> read(FloatTensor picture) {
    try (TensorScope scope = engine.scope()) {
      FloatTensor shares =
          mapping
              .run(scope, Map.of("means", scope.upload(means(picture))))
              .get(guide.name())
              .download();
      return Map.of(guide.name(), shares);
    }
  }

  /** The means {@code [1,D]} of the features over all places. */
  private FloatTensor means(FloatTensor picture) {
    int stride = guide.stridePixels();
    int rows = (picture.dim(1) + stride - 1) / stride;
    int columns = (picture.dim(2) + stride - 1) / stride;
    int margin = (guide.haloPixels() + stride - 1) / stride;
    double[] sums = null;
    for (TilePlan.Tile tile : TilePlan.of(rows, columns, PART_PIXELS / stride, margin)) {
      TileSweep.checkInterrupt();
      FloatTensor found = features(picture, tile.region());
      if (sums == null) {
        sums = new double[found.dim(1)];
      }
      add(found, tile, sums);
    }
    FloatTensor means = FloatTensor.zeros(1, sums.length);
    for (int i = 0; i < sums.length; i++) {
      means.data()[i] = (float) (sums[i] / ((double) rows * columns));
    }
    return means;
  }

  private FloatTensor features(FloatTensor picture, Window region) {
    int stride = guide.stridePixels();
    int top = stride * region.y();
    int left = stride * region.x();
    int height = Math.min(stride * region.height(), picture.dim(1) - top);
    int width = Math.min(stride * region.width(), picture.dim(2) - left);
    FloatTensor part = Borders.crop(picture, top, left, height, width);
    try (TensorScope scope = engine.scope()) {
      return features
          .run(scope, Map.of("picture", scope.upload(part.reshape(1, 3, height, width))))
          .get("features")
          .download();
    }
  }

  private static void add(FloatTensor found, TilePlan.Tile tile, double[] sums) {
    int top = tile.core().y() - tile.region().y();
    int left = tile.core().x() - tile.region().x();
    for (int channel = 0; channel < sums.length; channel++) {
      for (int row = 0; row < tile.core().height(); row++) {
        int at = (channel * found.dim(2) + top + row) * found.dim(3) + left;
        for (int column = 0; column < tile.core().width(); column++) {
          sums[channel] += found.data()[at + column];
        }
      }
    }
  }

  @Override
  public void close() {
    features.close();
    mapping.close();
  }
}
