package io.stablesr.restore;

import io.stablesr.graph.Graph;
import io.stablesr.network.PictureGuide;
import io.stablesr.network.RestorationNetwork;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Costs of a restoration network. */
final class RestorationCosts implements CostModel {
  /** It is always computed in fp32. */
  private static final long GUIDE_BYTES = 4;

  private final RestorationTiles tiles;
  private final int bytesPerValue;
  private final long heapBytes;
  private final Evaluation guide;
  private final Map<Integer, Evaluation> evaluations = new ConcurrentHashMap<>();

  /** What a tile takes, of one side; recording the network for it is slow. */
  private record Evaluation(double flopsPerPixel, long values) {}

  RestorationCosts(RestorationNetwork network, ModelDtype dtype, long heapBytes) {
    this.tiles = RestorationTiles.of(network);
    this.bytesPerValue = dtype.bytes();
    this.heapBytes = heapBytes;
    this.guide = guide(network);
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
    double flops =
        evaluation.flopsPerPixel() * regionPixels + guide.flopsPerPixel() * memory.inputPixels();
    return new ImageCost(
        memory.inputPixels(),
        memory.outputPixels(),
        calls,
        calls,
        flops,
        0,
        strips ? memory.stripBytes() : memory.wholeBytes(),
        Math.max(bytesPerValue * evaluation.values(), GUIDE_BYTES * guide.values()));
  }

  /** Of what guides the network; halos between its parts are small beside them, not counted. */
  private static Evaluation guide(RestorationNetwork network) {
    if (network.guide().isEmpty()) {
      return new Evaluation(0, 0);
    }
    PictureGuide guide = network.guide().get();
    Graph graph = guide.features(GuideReader.PART_PIXELS, GuideReader.PART_PIXELS);
    double pixels = (double) GuideReader.PART_PIXELS * GuideReader.PART_PIXELS;
    return new Evaluation(
        graph.cost().flops() / pixels,
        graph.parameterCount() + graph.cost().peakActivationElements());
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
