package io.stablesr.restore;

import io.stablesr.graph.Graph;
import io.stablesr.network.RestorationNetwork;

/** Costs of a restoration network. */
final class RestorationCosts implements CostModel {
  private final RestorationTiles tiles;
  private final int bytesPerValue;
  private final long heapBytes;

  RestorationCosts(RestorationNetwork network, ModelDtype dtype, long heapBytes) {
    this.tiles = RestorationTiles.of(network);
    this.bytesPerValue = dtype.bytes();
    this.heapBytes = heapBytes;
  }

  @Override
  public ImageCost cost(int width, int height, UpscaleOptions options) {
    RestorationNetwork network = tiles.network();
    int reduction = RestorationUpscaler.reduction(network.scale(), options.scale());
    RestorationMemory memory =
        RestorationMemory.of(width, height, options.scale(), network.scale() / reduction);
    boolean strips = memory.needsStrips(options, heapBytes);
    int unit = network.alignment();
    long regionPixels = 0;
    int evaluations = 0;
    for (TilePlan.Tile tile : tiles.plan(height, width, options.vaeTilePixels(), reduction)) {
      regionPixels += (long) unit * unit * tile.region().height() * tile.region().width();
      evaluations++;
    }
    int side =
        Math.min(tiles.tilePixels(options.vaeTilePixels(), reduction), longer(width, height));
    Graph graph = network.graph(side, side);
    double flops = graph.cost().flops() / ((double) side * side) * regionPixels;
    return new ImageCost(
        memory.inputPixels(),
        memory.outputPixels(),
        evaluations,
        evaluations,
        flops,
        0,
        strips ? memory.stripBytes() : memory.wholeBytes(),
        bytesPerValue * (graph.parameterCount() + graph.cost().peakActivationElements()));
  }

  private int longer(int width, int height) {
    return RestorationTiles.up(Math.max(width, height), tiles.network().alignment());
  }
}
