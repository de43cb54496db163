package io.stablesr.restore;

import io.stablesr.core.FloatTensor;
import io.stablesr.diffusion.Window;
import io.stablesr.engine.CompileOptions;
import io.stablesr.engine.CompiledNetwork;
import io.stablesr.engine.DeviceTensor;
import io.stablesr.engine.TensorEngine;
import io.stablesr.engine.TensorScope;
import io.stablesr.image.Borders;
import io.stablesr.image.Margins;
import io.stablesr.image.PilResize;
import io.stablesr.network.RestorationNetwork;
import io.stablesr.network.RestorationNetwork.Filling;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * A restoration network on pictures of any size. The device sees one tile at a time. Tiles end at
 * the border of the picture, so that the network's zero padding is where it would be without them.
 */
final class RestorationRunner implements AutoCloseable {
  private static final int RECORDED_SIDE = 64;

  private final TensorEngine engine;
  private final RestorationWeights files;
  private final RestorationTiles tiles;
  private final CompiledNetwork compiled;
  private final Optional<GuideReader> guide;

  private RestorationRunner(
      TensorEngine engine,
      RestorationWeights files,
      CompiledNetwork compiled,
      Optional<GuideReader> guide) {
    this.engine = engine;
    this.files = files;
    this.tiles = RestorationTiles.of(files.network());
    this.compiled = compiled;
    this.guide = guide;
  }

  /** Compiles a network; closes {@code files} with the result, or when it fails. */
  static RestorationRunner load(
      TensorEngine engine, RestorationWeights files, CompileOptions options) {
    CompiledNetwork compiled = null;
    try {
      compiled =
          engine.compile(
              files.network().graph(RECORDED_SIDE, RECORDED_SIDE), files.weights(), options);
      Optional<GuideReader> guide =
          files.network().guide().map(it -> GuideReader.load(engine, it, files.weights()));
      return new RestorationRunner(engine, files, compiled, guide);
    } catch (RuntimeException e) {
      if (compiled != null) {
        compiled.close();
      }
      files.close();
      throw e;
    }
  }

  RestorationNetwork network() {
    return files.network();
  }

  RestorationTiles tiles() {
    return tiles;
  }

  /**
   * One way to run the network.
   *
   * @param reduction factor by which every tile's result is reduced bicubically before it is kept;
   *     it divides the network's scale
   * @param resultTilePixels side of a tile of the network's result
   */
  record Pass(int reduction, int resultTilePixels, UpscaleListener listener) {}

  /** The number of tiles of a picture. */
  int tileCount(FloatTensor picture, Pass pass) {
    return plan(picture, pass).size();
  }

  private List<TilePlan.Tile> plan(FloatTensor picture, Pass pass) {
    return tiles.plan(picture.dim(1), picture.dim(2), pass.resultTilePixels(), pass.reduction());
  }

  /** The result for {@code picture [3,H,W]} in 0..1: {@code [3,f*H,f*W]} in 0..1. */
  FloatTensor whole(FloatTensor picture, Pass pass) {
    int factor = network().scale() / pass.reduction();
    int height = factor * picture.dim(1);
    int width = factor * picture.dim(2);
    FloatTensor result = FloatTensor.zeros(3, height, width);
    int[] top = {0};
    bands(
        picture,
        pass,
        band -> {
          int size = band.dim(1) * width;
          for (int channel = 0; channel < 3; channel++) {
            System.arraycopy(
                band.data(),
                channel * size,
                result.data(),
                (channel * height + top[0]) * width,
                size);
          }
          top[0] += band.dim(1);
        });
    return result;
  }

  /** Gives the same result from top to bottom in bands {@code [3,rows,f*W]}. */
  void bands(FloatTensor picture, Pass pass, Consumer<FloatTensor> sink) {
    int unit = tiles.unit();
    int factor = network().scale() / pass.reduction();
    Map<String, FloatTensor> known = guide.map(it -> it.read(picture)).orElse(Map.of());
    int bottom = Math.floorMod(-picture.dim(1), unit);
    int right = Math.floorMod(-picture.dim(2), unit);
    FloatTensor padded =
        bottom + right == 0
            ? picture
            : Borders.reflectPad(picture, Margins.bottomRight(bottom, right));
    List<TilePlan.Tile> plan = plan(picture, pass);
    FloatTensor band = null;
    int bandTop = -1;
    for (int i = 0; i < plan.size(); i++) {
      TilePlan.Tile tile = plan.get(i);
      TileSweep.checkInterrupt();
      int top = factor * unit * tile.core().y();
      if (top != bandTop) {
        if (band != null) {
          sink.accept(band);
        }
        bandTop = top;
        int rows = Math.min(factor * unit * tile.core().height(), factor * picture.dim(1) - top);
        band = FloatTensor.zeros(3, rows, factor * picture.dim(2));
      }
      copyCore(evaluate(padded, tile, pass.reduction(), known), tile, factor * unit, band);
      pass.listener().tilesDone(i + 1, plan.size());
    }
    sink.accept(band);
  }

  /**
   * @param known inputs that are the same for all tiles
   */
  private FloatTensor evaluate(
      FloatTensor padded, TilePlan.Tile tile, int reduction, Map<String, FloatTensor> known) {
    int unit = tiles.unit();
    Window region = tile.region();
    int height = unit * region.height();
    int width = unit * region.width();
    FloatTensor part = Borders.crop(padded, unit * region.y(), unit * region.x(), height, width);
    FloatTensor out = run(filled(part), known);
    int scale = network().scale();
    if (out.dim(1) != scale * height || out.dim(2) != scale * width) {
      out = Borders.crop(out, 0, 0, scale * height, scale * width);
    }
    StableSr.requireFinite(out);
    clamp(out);
    if (reduction == 1) {
      return out;
    }
    FloatTensor reduced =
        PilResize.bicubicFloats(out, out.dim(1) / reduction, out.dim(2) / reduction);
    clamp(reduced);
    return reduced;
  }

  /** A tile at a size that the network takes. */
  private FloatTensor filled(FloatTensor part) {
    if (network().filling() == Filling.PICTURE) {
      return part;
    }
    // As published, a size that is a multiple already grows by a whole one.
    int unit = network().alignment();
    return Borders.symmetricPad(
        part, Margins.bottomRight(unit - part.dim(1) % unit, unit - part.dim(2) % unit));
  }

  private FloatTensor run(FloatTensor part, Map<String, FloatTensor> known) {
    try (TensorScope scope = engine.scope()) {
      Map<String, DeviceTensor> arguments = new HashMap<>();
      arguments.put("picture", scope.upload(part.reshape(1, 3, part.dim(1), part.dim(2))));
      known.forEach((name, value) -> arguments.put(name, scope.upload(value)));
      FloatTensor out = compiled.run(scope, arguments).get("out").download();
      return out.reshape(3, out.dim(2), out.dim(3));
    }
  }

  /** Brings values to 0..1. */
  static void clamp(FloatTensor picture) {
    float[] values = picture.data();
    for (int i = 0; i < values.length; i++) {
      values[i] = Math.max(0, Math.min(1, values[i]));
    }
  }

  private static void copyCore(FloatTensor from, TilePlan.Tile tile, int pixels, FloatTensor band) {
    int top = pixels * (tile.core().y() - tile.region().y());
    int left = pixels * (tile.core().x() - tile.region().x());
    int target = pixels * tile.core().x();
    int columns = Math.min(pixels * tile.core().width(), band.dim(2) - target);
    for (int channel = 0; channel < 3; channel++) {
      for (int row = 0; row < band.dim(1); row++) {
        System.arraycopy(
            from.data(),
            (channel * from.dim(1) + top + row) * from.dim(2) + left,
            band.data(),
            (channel * band.dim(1) + row) * band.dim(2) + target,
            columns);
      }
    }
  }

  @Override
  public void close() {
    guide.ifPresent(GuideReader::close);
    compiled.close();
    files.close();
  }
}
