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

  /** An argument that tiles see a region of. */
  @FunctionalInterface
  interface Plane {
    /** The region {@code [1,C,h,w]}, owned by {@code scope}; {@code latents} says which. */
    DeviceTensor region(TensorScope scope, Window latents);

    /** Of an image {@code [1,C,H,W]} on the device with so many pixels per latent. */
    static Plane of(DeviceTensor image, int scale) {
      return (scope, latents) ->
          scope.crop(
              image,
              scale * latents.y(),
              scale * latents.x(),
              scale * latents.height(),
              scale * latents.width());
    }
  }

  /** Where the network's first result goes. */
  @FunctionalInterface
  interface Cores {
    /** Nowhere. */
    Cores NONE = (tile, result) -> {};

    /** Takes the result for the region of a tile, of which only the core is good. */
    void put(TilePlan.Tile tile, FloatTensor result);

    /** Puts cores side by side into {@code [1,C,H,W]} with so many pixels per latent. */
    static Cores into(FloatTensor output, int scale) {
      return (tile, result) -> copyCore(result, tile, output, scale);
    }
  }

  /**
   * What tiles are evaluated with.
   *
   * @param planes arguments of which each tile gets its region
   * @param constants arguments that every tile gets as they are
   */
  record Arguments(Map<String, Plane> planes, Map<String, DeviceTensor> constants) {}

  /**
   * Sweeps until the statistics stand still.
   *
   * @param known statistics to start from
   * @param tolerance largest change, in standard deviations, that counts as none
   * @param cores gets the result of every sweep; the last one is good
   * @return statistics over all tiles
   */
  PictureStatistics settle(
      List<TilePlan.Tile> tiles,
      Arguments given,
      PictureStatistics known,
      double tolerance,
      Cores cores) {
    List<String> norms = network.norms();
    List<FloatTensor> statistics =
        new ArrayList<>(Collections.nCopies(tiles.size(), known.argument(norms, groups)));
    PictureStatistics before = known;
    for (int sweep = 1; ; sweep++) {
      PictureStatistics.Pool pool = new PictureStatistics.Pool(norms, groups);
      List<FloatTensor> found = new ArrayList<>();
      for (int i = 0; i < tiles.size(); i++) {
        found.add(evaluate(tiles.get(i), given, statistics.get(i), cores));
        Window core = tiles.get(i).core();
        pool.add(found.get(i), (double) core.height() * core.width());
      }
      PictureStatistics pooled = pool.finish();
      if (pooled.change(before).orElse(Double.MAX_VALUE) < tolerance || sweep > norms.size()) {
        return pooled;
      }
      for (int i = 0; i < tiles.size(); i++) {
        statistics.set(i, pooled.argument(norms, groups, found.get(i)));
      }
      before = pooled;
    }
  }

  /** One sweep with statistics that stay as they are. */
  void evaluate(
      List<TilePlan.Tile> tiles, Arguments given, PictureStatistics statistics, Cores cores) {
    FloatTensor argument = statistics.argument(network.norms(), groups);
    for (TilePlan.Tile tile : tiles) {
      evaluate(tile, given, argument, cores);
    }
  }

  /** Statistics that the tile has. */
  private FloatTensor evaluate(
      TilePlan.Tile tile, Arguments given, FloatTensor statistics, Cores cores) {
    checkInterrupt();
    try (TensorScope scope = engine.scope()) {
      Map<String, DeviceTensor> inputs = new HashMap<>(given.constants());
      given.planes().forEach((name, plane) -> inputs.put(name, plane.region(scope, tile.region())));
      inputs.put("interior", scope.upload(interior(tile), 5));
      inputs.put("norm-statistics", scope.upload(statistics));
      Map<String, DeviceTensor> results = network.run(scope, inputs);
      cores.put(tile, results.get(network.outputs().get(0)).download());
      return results.get("norm-statistics").download();
    }
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
