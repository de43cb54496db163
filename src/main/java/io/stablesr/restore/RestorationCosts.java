package io.stablesr.restore;

import io.stablesr.graph.Graph;
import io.stablesr.network.RestorationNetwork;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Costs of a restoration network. */
final class RestorationCosts implements CostModel {
  private final RestorationTiles tiles;
  private final int bytesPerValue;
  private final long heapBytes;
  private final Map<Integer, Evaluation> evaluations = new ConcurrentHashMap<>();

  /** What a tile takes, of one side; recording the network for it is slow. */
  private record Evaluation(double flopsPerPixel, long values) {}

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
    int unit = tiles.unit();
    long regionPixels = 0;
    int calls = 0;
    for (TilePlan.Tile tile : tiles.plan(height, width, options.vaeTilePixels(), reduction)) {
      regionPixels += (long) unit * unit * tile.region().height() * tile.region().width();
      calls++;
    }
    int side =
        Math.min(tiles.tilePixels(options.vaeTilePixels(), reduction), longer(width, height));
    Evaluation evaluation = evaluations.computeIfAbsent(side, this::evaluation);
    double flops = evaluation.flopsPerPixel() * regionPixels + guideFlops(memory.inputPixels());
    return new ImageCost(
        memory.inputPixels(),
        memory.outputPixels(),
        calls,
        calls,
        flops,
        0,
        strips ? memory.stripBytes() : memory.wholeBytes(),
        bytesPerValue * evaluation.values());
  }

  /** Halos between its parts are small beside them and not counted. */
  private double guideFlops(long inputPixels) {
    return tiles
        .network()
        .guide()
        .map(
            guide -> {
              int side = 16 * guide.strideLength();
              return guide.features(side, side).cost().flops() / ((double) side * side);
            })
        .map(perPixel -> perPixel * inputPixels)
        .orElse(0.0);
  }

  private Evaluation evaluation(int side) {
    RestorationNetwork network = tiles.network();
    // A tile of a network that fills up every tile is a bit larger than it is cut.
    int filled =
        network.filling() == RestorationNetwork.Filling.EVERY_TILE
            ? (side / network.alignment() + 1) * network.alignment()
            : side;
    Graph graph = network.graph(filled, filled);
    return new Evaluation(
        graph.cost().flops() / ((double) side * side),
        graph.parameterCount() + graph.cost().peakActivationElements());
  }

  private int longer(int width, int height) {
    return RestorationTiles.up(Math.max(width, height), tiles.unit());
  }
}
