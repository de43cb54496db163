package io.stablesr.restore;

import io.stablesr.diffusion.DeepCache;
import io.stablesr.diffusion.NoiseSchedule;
import io.stablesr.diffusion.StepPlan;
import io.stablesr.diffusion.TileGrid;
import io.stablesr.graph.Graph;
import io.stablesr.network.AutoencoderParts;
import io.stablesr.network.Graphs;
import io.stablesr.network.Graphs.Extent;
import io.stablesr.network.UnetConfig;
import io.stablesr.restore.MemoryPlan.Way;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.ToLongFunction;

/** Costs of a bundle's images, from recordings of its networks (docs/planning.md). */
final class NetworkCosts implements CostModel {
  /** Sweeps of the tiled autoencoder until its statistics stand still (docs/tiling.md). */
  private static final int SWEEPS = 7;

  private final ModelDescription model;
  private final MemoryPlan memory;
  private final NoiseSchedule schedule;
  private final int elementBytes;
  private final FlopCurve denoiser;
  private final FlopCurve condition;
  private final FlopCurve encoder;
  private final FlopCurve decoder;
  private final FlopCurve fusingDecoder;
  private final FlopCurve encoderBody;
  private final FlopCurve encoderTail;
  private final FlopCurve decoderHead;
  private final FlopCurve decoderBody;
  private final FlopCurve fusingDecoderBody;
  private final StripCosts strips;
  private final int encoderHalo;
  private final int decoderHalo;
  private final int fusingDecoderHalo;
  private final double denoiserElementsPerLatent;
  private final double autoencoderElementsPerLatent;
  private final long parameters;
  private final Map<Integer, Shallow> shallow = new ConcurrentHashMap<>();

  /**
   * @param heapBytes heap of the JVMs that will work
   */
  NetworkCosts(ModelDescription model, ModelDtype dtype, long heapBytes) {
    this.model = model;
    this.memory = new MemoryPlan(model, heapBytes);
    this.schedule = model.schedule();
    this.elementBytes = dtype.bytes();
    Graphs graphs = new Graphs(model.architecture());
    int side = 1 << (model.architecture().unet().levels() - 1);
    denoiser = FlopCurve.of(s -> graphs.denoiser(square(s)), side);
    condition = FlopCurve.of(s -> graphs.conditionEncoder(square(s)), side);
    encoder = FlopCurve.of(s -> graphs.encoder(square(s), Graphs.CFW_SCOPE), side);
    decoder = FlopCurve.of(s -> graphs.decoder(square(s), Graphs.CFW_SCOPE), side);
    fusingDecoder = FlopCurve.of(s -> graphs.fusingDecoder(square(s)), side);
    encoderBody = FlopCurve.of(s -> parts(graphs, s).encoderBody(), side);
    encoderTail = FlopCurve.of(s -> parts(graphs, s).encoderTail(), side);
    decoderHead = FlopCurve.of(s -> parts(graphs, s).decoderHead(), side);
    decoderBody = FlopCurve.of(s -> parts(graphs, s).decoderBody(), side);
    fusingDecoderBody = FlopCurve.of(s -> parts(graphs, s).fusingDecoderBody(), side);
    int f = model.architecture().autoencoder().downsampling();
    AutoencoderParts tile = graphs.autoencoderParts(Extent.TILE);
    encoderHalo = AutoencoderNetworks.haloLatents(tile.encoderBody(), f);
    decoderHalo = AutoencoderNetworks.haloLatents(tile.decoderBody(), f);
    fusingDecoderHalo = AutoencoderNetworks.haloLatents(tile.fusingDecoderBody(), f);
    strips = new StripCosts(model, graphs);
    Graph denoiserTile = graphs.denoiser(Extent.TILE);
    Graph encoderTile = graphs.encoder(Extent.TILE, Graphs.CFW_SCOPE);
    Graph decoderTile = graphs.fusingDecoder(Extent.TILE);
    denoiserElementsPerLatent = elementsPerLatent(denoiserTile);
    autoencoderElementsPerLatent =
        Math.max(elementsPerLatent(encoderTile), elementsPerLatent(decoderTile));
    parameters = sum(List.of(denoiserTile, encoderTile, decoderTile), Graph::parameterCount);
  }

  @Override
  public ImageCost cost(int width, int height, UpscaleOptions options) {
    WorkGeometry.Plan plan = model.geometry().plan(height, width, options.scale());
    int f = model.architecture().autoencoder().downsampling();
    int rows = plan.paddedHeight() / f;
    int columns = plan.paddedWidth() / f;
    TileGrid grid =
        new TileGrid(rows, columns, model.tileLatents(), options.sampling().overlapLatents());
    StepPlan steps = StepPlan.of(options.sampling(), schedule);
    int branches = steps.mostBranches();
    long tiles = grid.count();
    double tileLatents = (double) grid.tileHeight() * grid.tileWidth();
    DeepCache deepCache = options.sampling().deepCache();
    DenoiserNetworks.check(model.architecture().unet(), deepCache);
    long kept =
        deepCache.active()
            ? shallow(deepCache)
                .deviceBytes(branches * (tiles + tileBatch(options, grid)), tileLatents)
            : 0;
    long inputPixels = (long) width * height;
    MemoryPlan.Decision decision = memory.decide(inputPixels, plan, options);
    return new ImageCost(
        inputPixels,
        (long) plan.outHeight() * plan.outWidth(),
        tiles,
        tiles * steps.evaluations(),
        tiles * flops(steps, deepCache, tileLatents),
        decision.way() == Way.STRIPS
            ? strips.flops(rows, columns, options)
            : autoencoder(rows, columns, options),
        decision.heapBytes(),
        kept + deviceBytes(grid, branches, rows, columns, options));
  }

  @Override
  public long parameters() {
    return parameters;
  }

  /** Operations of a tile over all steps. */
  private double flops(StepPlan steps, DeepCache deepCache, double latents) {
    double flops = 0;
    for (StepPlan.Step step : steps.steps()) {
      boolean whole = step.reach().part() != DeepCache.Reach.Part.SHALLOW;
      FlopCurve evaluated = whole ? denoiser : shallow(deepCache).denoiser;
      FlopCurve encoded = whole ? condition : shallow(deepCache).condition;
      // The guidance branches of a tile share its structural condition.
      flops +=
          step.branches() * evaluated.at(latents) - (step.branches() - 1) * encoded.at(latents);
    }
    return flops;
  }

  private Shallow shallow(DeepCache deepCache) {
    return shallow.computeIfAbsent(deepCache.blocks(), this::shallow);
  }

  /**
   * Steps that reuse deep features.
   *
   * @param denoiser operations of a tile
   * @param condition those of the time-aware encoder among them
   * @param keptElementsPerLatent values of a kept feature / latents of its tile
   * @param parameters weights of the network, which may be copies of those of the whole one
   */
  private record Shallow(
      FlopCurve denoiser, FlopCurve condition, double keptElementsPerLatent, long parameters) {
    /** Kept features are in fp32 whatever the networks' precision. */
    long deviceBytes(long features, double latents) {
      return Math.round(Float.BYTES * (parameters + keptElementsPerLatent * latents * features));
    }
  }

  private Shallow shallow(int blocks) {
    Graphs graphs = new Graphs(model.architecture());
    UnetConfig unet = model.architecture().unet();
    int side = 1 << (unet.levels() - 1);
    int level = unet.upLevel(blocks - 1);
    return new Shallow(
        FlopCurve.of(s -> graphs.shallowDenoiser(square(s), blocks), side),
        FlopCurve.of(s -> graphs.conditionEncoder(square(s), level + 1), side),
        (double) unet.enteringChannels(blocks) / (1 << (2 * level)),
        graphs.shallowDenoiser(Extent.TILE, blocks).parameterCount());
  }

  private static long tileBatch(UpscaleOptions options, TileGrid grid) {
    return Math.min(options.sampling().tileBatch(), grid.count());
  }

  /** Operations of one denoiser evaluation of one tile. */
  double tileFlops(int tileHeight, int tileWidth) {
    return denoiser.at((double) tileHeight * tileWidth);
  }

  private double autoencoder(int rows, int columns, UpscaleOptions options) {
    boolean fuses = options.fusionWeight() != 0;
    double latents = (double) rows * columns;
    int tile = options.vaeTilePixels() / model.architecture().autoencoder().downsampling();
    if (rows <= tile && columns <= tile) {
      boolean encodesAgain = fuses && options.sampling().steps() > NetworkSet.FEW_STEPS;
      return (encodesAgain ? 2 : 1) * encoder.at(latents)
          + (fuses ? fusingDecoder : decoder).at(latents);
    }
    return encoderTail.at(latents)
        + decoderHead.at(latents)
        + SWEEPS * bodies(encoderBody, rows, columns, tile, encoderHalo)
        + SWEEPS
            * (fuses
                ? bodies(fusingDecoderBody, rows, columns, tile, fusingDecoderHalo)
                : bodies(decoderBody, rows, columns, tile, decoderHalo));
  }

  private double bodies(FlopCurve body, int rows, int columns, int tile, int halo) {
    TilePlan.requireRoom(
        tile * model.architecture().autoencoder().downsampling(),
        halo,
        model.architecture().autoencoder().downsampling());
    // A body has no attention, so one evaluation of all regions together costs the same.
    return body.at(TilePlan.regionLatents(rows, columns, tile, halo));
  }

  private long deviceBytes(
      TileGrid grid, int branches, int rows, int columns, UpscaleOptions options) {
    long batch = tileBatch(options, grid);
    double denoising =
        denoiserElementsPerLatent * grid.tileHeight() * grid.tileWidth() * batch * branches;
    int tile = options.vaeTilePixels() / model.architecture().autoencoder().downsampling();
    double coding = autoencoderElementsPerLatent * Math.min(rows, tile) * Math.min(columns, tile);
    return Math.round(elementBytes * (parameters + Math.max(denoising, coding)));
  }

  private static double elementsPerLatent(Graph tile) {
    return (double) tile.cost().peakActivationElements()
        / (Extent.TILE.latentHeight() * Extent.TILE.latentWidth());
  }

  private static long sum(List<Graph> graphs, ToLongFunction<Graph> value) {
    return graphs.stream().mapToLong(value).sum();
  }

  private static AutoencoderParts parts(Graphs graphs, int side) {
    return graphs.autoencoderParts(square(side));
  }

  private static Extent square(int side) {
    return new Extent(1, side, side);
  }
}
