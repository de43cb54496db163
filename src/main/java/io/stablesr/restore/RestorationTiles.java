package io.stablesr.restore;

import io.stablesr.graph.Graph;
import io.stablesr.graph.ReceptiveField;
import io.stablesr.network.RestorationNetwork;
import io.stablesr.network.RestorationNetwork.Filling;
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

  /** As published for FeMaSR, whose tiles have statistics of their own. */
  private static final int CODES_HALO_PIXELS = 16;

  /** Bicubic reduction reads two pixels of the result to each side. */
  private static final int REDUCTION_PIXELS = 3;

  private static final int LEAST_CORE_PIXELS = 16;

  static RestorationTiles of(RestorationNetwork network) {
    int reach =
        switch (network.family()) {
          case SWINIR -> WINDOWS_HALO_PIXELS;
          case FEMASR -> CODES_HALO_PIXELS;
          case RRDBNET, SRVGG, DASR -> reach(network);
        };
    return new RestorationTiles(network, up(Math.min(reach, MOST_HALO_PIXELS), unit(network)));
  }

  private static int reach(RestorationNetwork network) {
    Graph graph = network.graph(2 * network.alignment(), 2 * network.alignment());
    return ReceptiveField.margins(graph, ReceptiveField.EVERY_PATH).get("picture");
  }

  /** Pixels that tiles begin on multiples of. */
  int unit() {
    return unit(network);
  }

  private static int unit(RestorationNetwork network) {
    return network.filling() == Filling.EVERY_TILE ? 1 : network.alignment();
  }

  /** Whether tiles give exactly what the whole picture gives, apart from rounding. */
  boolean exact() {
    return switch (network.family()) {
      case SWINIR, FEMASR -> false;
      case RRDBNET, SRVGG, DASR -> reach(network) <= halo;
    };
  }

  /**
   * Tiles row by row, in units of the alignment.
   *
   * @param resultTilePixels side of a tile of the network's result
   * @param reduction by which the result is reduced
   */
  List<TilePlan.Tile> plan(int height, int width, int resultTilePixels, int reduction) {
    int unit = unit();
    int margin = haloPixels(reduction) / unit;
    int tile = tilePixels(resultTilePixels, reduction) / unit;
    return TilePlan.of(up(height, unit) / unit, up(width, unit) / unit, tile, margin);
  }

  /** Side of a tile of the input. */
  int tilePixels(int resultTilePixels, int reduction) {
    int unit = unit();
    int least = 2 * haloPixels(reduction) + up(LEAST_CORE_PIXELS, unit);
    return Math.max(up(longest(resultTilePixels / network.scale()), unit), least);
  }

  /** A tile that is filled up grows by a whole multiple where it is one already. */
  private int longest(int pixels) {
    boolean grows = network.filling() == Filling.EVERY_TILE && pixels % network.alignment() == 0;
    return grows ? pixels - 1 : pixels;
  }

  private int haloPixels(int reduction) {
    return up(reduction > 1 ? halo + REDUCTION_PIXELS : halo, unit());
  }

  /** The next multiple of {@code unit}. */
  static int up(int value, int unit) {
    return (value + unit - 1) / unit * unit;
  }
}
