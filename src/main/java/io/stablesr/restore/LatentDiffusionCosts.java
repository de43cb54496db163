package io.stablesr.restore;

import io.stablesr.diffusion.TileGrid;
import io.stablesr.graph.Graph;
import io.stablesr.network.AutoencoderGraphs;
import io.stablesr.network.Graphs;
import io.stablesr.network.Graphs.Extent;
import io.stablesr.network.LatentDiffusionSr;

/** Costs of {@link LatentDiffusionSr}, from recordings of its networks. */
final class LatentDiffusionCosts implements CostModel {
  /** Sweeps of the tiled decoder until its statistics stand still (docs/tiling.md). */
  private static final int SWEEPS = 7;

  private final LatentDiffusionSr network;
  private final int elementBytes;
  private final long heapBytes;
  private final FlopCurve denoiser;
  private final FlopCurve decoder;
  private final FlopCurve decoderHead;
  private final FlopCurve decoderBody;
  private final int decoderHalo;
  private final double denoiserElements;
  private final double decoderElements;
  private final double headElements;
  private final long parameters;

  LatentDiffusionCosts(LatentDiffusionSr network, ModelDtype dtype, long heapBytes) {
    this.network = network;
    this.elementBytes = dtype == ModelDtype.FP32 ? 4 : 2;
    this.heapBytes = heapBytes;
    AutoencoderGraphs graphs = network.decoder();
    int side = network.alignment();
    denoiser = FlopCurve.of(s -> network.denoiser(square(s)), side);
    decoder = FlopCurve.of(s -> graphs.decoder(square(s), Graphs.CFW_SCOPE), side);
    decoderHead = FlopCurve.of(s -> graphs.parts(square(s)).decoderHead(), side);
    decoderBody = FlopCurve.of(s -> graphs.parts(square(s)).decoderBody(), side);
    Graph denoiserTile = network.denoiser(Extent.TILE);
    Graph decoderTile = graphs.decoder(Extent.TILE, Graphs.CFW_SCOPE);
    decoderHalo =
        AutoencoderNetworks.haloLatents(graphs.parts(Extent.TILE).decoderBody(), network.scale());
    denoiserElements = elementsPerLatent(denoiserTile);
    decoderElements = elementsPerLatent(decoderTile);
    headElements = elementsPerLatent(graphs.parts(Extent.TILE).decoderHead());
    parameters = denoiserTile.parameterCount() + decoderTile.parameterCount();
  }

  @Override
  public ImageCost cost(int width, int height, UpscaleOptions options) {
    LatentDiffusionMemory memory =
        LatentDiffusionMemory.of(width, height, options.scale(), network);
    memory.requireHeap(heapBytes);
    int rows = RestorationTiles.up(height, network.alignment());
    int columns = RestorationTiles.up(width, network.alignment());
    TileGrid grid =
        new TileGrid(
            rows,
            columns,
            LatentDiffusionUpscaler.TILE_LATENTS,
            options.sampling().overlapLatents());
    long evaluations = grid.count() * options.sampling().steps();
    double tileLatents = (double) grid.tileHeight() * grid.tileWidth();
    return new ImageCost(
        memory.inputPixels(),
        memory.outputPixels(),
        grid.count(),
        evaluations,
        evaluations * denoiser.at(tileLatents),
        decoding(rows, columns, options.vaeTilePixels()),
        memory.bytes(),
        deviceBytes(grid, options));
  }

  @Override
  public long parameters() {
    return parameters;
  }

  private double decoding(int rows, int columns, int tilePixels) {
    int f = network.scale();
    double latents = (double) rows * columns;
    if (f * rows <= tilePixels && f * columns <= tilePixels) {
      return decoder.at(latents);
    }
    TilePlan.requireRoom(tilePixels, decoderHalo, f);
    return decoderHead.at(latents)
        + SWEEPS
            * decoderBody.at(TilePlan.regionLatents(rows, columns, tilePixels / f, decoderHalo));
  }

  private long deviceBytes(TileGrid grid, UpscaleOptions options) {
    long batch = Math.min(options.sampling().tileBatch(), grid.count());
    double denoising = denoiserElements * grid.tileHeight() * grid.tileWidth() * batch;
    int tile = options.vaeTilePixels() / network.scale();
    double coding = decoderElements * Math.min(grid.height(), tile) * Math.min(grid.width(), tile);
    double head = headElements * grid.height() * grid.width();
    return Math.round(elementBytes * (parameters + Math.max(denoising, Math.max(coding, head))));
  }

  private static double elementsPerLatent(Graph tile) {
    return (double) tile.cost().peakActivationElements()
        / (Extent.TILE.latentHeight() * Extent.TILE.latentWidth());
  }

  private static Extent square(int side) {
    return new Extent(1, side, side);
  }
}
