package io.stablesr.restore;

import io.stablesr.core.ErrorCode;
import io.stablesr.core.FloatTensor;
import io.stablesr.core.StableSrException;
import io.stablesr.diffusion.Window;
import io.stablesr.engine.CompiledNetwork;
import io.stablesr.engine.DeviceTensor;
import io.stablesr.engine.NormStatistics;
import io.stablesr.engine.TensorEngine;
import io.stablesr.engine.TensorScope;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Evaluates a network with {@link NormStatistics#SHARED} over the tiles of a picture as if it saw
 * the picture at once.
 *
 * <p>The statistics of a picture are a fixed point: those that the tiles have when they are
 * normalised with them. The first sweep normalises each tile with what is known and otherwise by
 * itself; later ones with the statistics pooled over the sweep before, following the change of the
 * tile's own since then ({@link NormStatistics#SHARED} mode 2): without that, an error at one
 * normalisation would meet statistics at the next that still belong to another scale, and grow. As
 * sweep k+1 has the first k normalisations exactly, one sweep more than there are normalisations is
 * always enough; in practice the statistics stand still much earlier. The sweep that confirms them
 * has written the result.
 */
final class TileSweep {
  /** Largest change of statistics, in standard deviations, that counts as none. */
  static final double STATISTICS_TOLERANCE = 1e-4;

  private final TensorEngine engine;
  private final CompiledNetwork network;
  private final int groups;

  TileSweep(TensorEngine engine, CompiledNetwork network, int groups) {
    this.engine = engine;
    this.network = network;
    this.groups = groups;
  }

  /**
   * The result of all tiles.
   *
   * @param output the cores side by side
   * @param statistics of the whole picture
   */
  record Result(FloatTensor output, PictureStatistics statistics) {}

  /**
   * An image that tiles see a window of.
   *
   * @param image {@code [1,C,H,W]} on the device
   * @param scale its pixels per latent
   */
  record Plane(DeviceTensor image, int scale) {}

  /**
   * Sweeps until the statistics stand still.
   *
   * @param planes arguments of which each tile gets its region
   * @param constants arguments that every tile gets as they are
   * @param known statistics to start from
   * @param output where the cores of the network's first result go, {@code [1,C,H,W]}
   * @param scale pixels of {@code output} per latent
   */
  Result run(
      List<TilePlan.Tile> tiles,
      Map<String, Plane> planes,
      Map<String, DeviceTensor> constants,
      PictureStatistics known,
      FloatTensor output,
      int scale) {
    List<String> norms = network.norms();
    List<FloatTensor> arguments =
        new ArrayList<>(Collections.nCopies(tiles.size(), known.argument(norms, groups)));
    PictureStatistics given = known;
    for (int sweep = 1; ; sweep++) {
      PictureStatistics.Pool pool = new PictureStatistics.Pool(norms, groups);
      List<FloatTensor> found = new ArrayList<>();
      for (int i = 0; i < tiles.size(); i++) {
        checkInterrupt();
        TilePlan.Tile tile = tiles.get(i);
        try (TensorScope scope = engine.scope()) {
          Map<String, DeviceTensor> inputs = new HashMap<>(constants);
          planes.forEach((name, plane) -> inputs.put(name, crop(scope, plane, tile.region())));
          inputs.put("interior", scope.upload(interior(tile), 5));
          inputs.put("norm-statistics", scope.upload(arguments.get(i)));
          Map<String, DeviceTensor> results = network.run(scope, inputs);
          found.add(results.get("norm-statistics").download());
          copyCore(results.get(network.outputs().get(0)).download(), tile, output, scale);
        }
        pool.add(found.get(i), (double) tile.core().height() * tile.core().width());
      }
      PictureStatistics pooled = pool.finish();
      if (pooled.change(given).orElse(Double.MAX_VALUE) < STATISTICS_TOLERANCE
          || sweep > norms.size()) {
        return new Result(output, pooled);
      }
      for (int i = 0; i < tiles.size(); i++) {
        arguments.set(i, pooled.argument(norms, groups, found.get(i)));
      }
      given = pooled;
    }
  }

  private static DeviceTensor crop(TensorScope scope, Plane plane, Window region) {
    int s = plane.scale();
    return scope.crop(
        plane.image(), s * region.y(), s * region.x(), s * region.height(), s * region.width());
  }

  private static float[] interior(TilePlan.Tile tile) {
    int top = tile.core().y() - tile.region().y();
    int left = tile.core().x() - tile.region().x();
    return new float[] {
      top, top + tile.core().height(), left, left + tile.core().width(), tile.region().height()
    };
  }

  private static void copyCore(FloatTensor from, TilePlan.Tile tile, FloatTensor to, int scale) {
    Window core = tile.core();
    int top = scale * (core.y() - tile.region().y());
    int left = scale * (core.x() - tile.region().x());
    for (int channel = 0; channel < to.dim(1); channel++) {
      for (int row = 0; row < scale * core.height(); row++) {
        int source = (channel * from.dim(2) + top + row) * from.dim(3) + left;
        int target = (channel * to.dim(2) + scale * core.y() + row) * to.dim(3) + scale * core.x();
        System.arraycopy(from.data(), source, to.data(), target, scale * core.width());
      }
    }
  }

  /** Throws CANCELLED where this thread was interrupted; the flag stays set. */
  static void checkInterrupt() {
    if (Thread.currentThread().isInterrupted()) {
      throw new StableSrException(
          ErrorCode.CANCELLED, "The autoencoder was interrupted; no picture was written.");
    }
  }
}
