package io.stablesr.restore;

import io.stablesr.graph.Graph;
import io.stablesr.graph.ReceptiveField;
import io.stablesr.network.RestorationNetwork;
import io.stablesr.network.RestorationNetwork.Family;
import java.util.List;

/**
 * How a picture is cut for a restoration network.
 *
 * @param network the network
 * @param halo pixels that a tile sees beyond what is kept of it; a multiple of the alignment
 */
record RestorationTiles(RestorationNetwork network, int halo) {
  /**
   * Pixels beyond which hardly anything is read from. Dense blocks reach 15 pixels each, but with
   * residuals scaled to a fifth; windows of SwinIR pass on to their neighbours alone.
   */
  private static final int MOST_HALO_PIXELS = 48;

  private static final int WINDOWS_HALO_PIXELS = 32;

  /** Bicubic reduction reads two pixels of the result to each side. */
  private static final int REDUCTION_PIXELS = 3;

  private static final int LEAST_CORE_PIXELS = 16;

  static RestorationTiles of(RestorationNetwork network) {
    int unit = network.alignment();
    int reach = WINDOWS_HALO_PIXELS;
    if (network.family() != Family.SWINIR) {
      Graph graph = network.graph(2 * unit, 2 * unit);
      reach = ReceptiveField.margins(graph, ReceptiveField.EVERY_PATH).get("picture");
    }
    return new RestorationTiles(network, up(Math.min(reach, MOST_HALO_PIXELS), unit));
  }

  /** Whether tiles give exactly what the whole picture gives, apart from rounding. */
  boolean exact() {
    int unit = network.alignment();
    return network.family() != Family.SWINIR
        && ReceptiveField.margins(network.graph(2 * unit, 2 * unit), ReceptiveField.EVERY_PATH)
                .get("picture")
            <= halo;
  }

  /**
   * Tiles row by row, in units of the alignment.
   *
   * @param resultTilePixels side of a tile of the network's result
   * @param reduction by which the result is reduced
   */
  List<TilePlan.Tile> plan(int height, int width, int resultTilePixels, int reduction) {
    int unit = network.alignment();
    int margin = haloPixels(reduction) / unit;
    int tile = tilePixels(resultTilePixels, reduction) / unit;
    return TilePlan.of(up(height, unit) / unit, up(width, unit) / unit, tile, margin);
  }

  /** Side of a tile of the input. */
  int tilePixels(int resultTilePixels, int reduction) {
    int unit = network.alignment();
    int least = 2 * haloPixels(reduction) + up(LEAST_CORE_PIXELS, unit);
    return Math.max(up(resultTilePixels / network.scale(), unit), least);
  }

  private int haloPixels(int reduction) {
    return up(reduction > 1 ? halo + REDUCTION_PIXELS : halo, network.alignment());
  }

  /** The next multiple of {@code unit}. */
  static int up(int value, int unit) {
    return (value + unit - 1) / unit * unit;
  }
}
