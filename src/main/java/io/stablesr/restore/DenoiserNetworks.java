package io.stablesr.restore;

import io.stablesr.core.ErrorCode;
import io.stablesr.core.StableSrException;
import io.stablesr.diffusion.DeepCache;
import io.stablesr.diffusion.DeepCache.Reach;
import io.stablesr.engine.CompiledNetwork;
import io.stablesr.graph.Graph;
import io.stablesr.network.Architecture;
import io.stablesr.network.Graphs;
import io.stablesr.network.Graphs.Extent;
import io.stablesr.network.UnetConfig;
import java.util.function.Function;

/**
 * The denoiser, compiled when it is first needed: whole, and its last blocks alone. There is one
 * whole network at a time, since its weights may be copies: one that also returns features serves
 * those who do not want them, with the same numbers. Not thread-safe.
 */
final class DenoiserNetworks implements AutoCloseable {
  private final Graphs graphs;
  private final Function<Graph, CompiledNetwork> compile;
  private CompiledNetwork whole;
  private int keptBlocks;
  private CompiledNetwork shallow;
  private int shallowBlocks;

  DenoiserNetworks(Architecture architecture, Function<Graph, CompiledNetwork> compile) {
    this.graphs = new Graphs(architecture);
    this.compile = compile;
  }

  /**
   * Refuses more blocks than the UNet has.
   *
   * @throws StableSrException CONFIG
   */
  static void check(UnetConfig unet, DeepCache deepCache) {
    if (deepCache.active() && deepCache.blocks() > unet.upBlocks()) {
      throw new StableSrException(
          ErrorCode.CONFIG,
          "sampling.deep-cache-blocks is %d; the UNet of this model has %d up blocks, so it must be in 1..%d."
              .formatted(deepCache.blocks(), unet.upBlocks(), unet.upBlocks()));
    }
  }

  /** The network for an evaluation; good until the next call. */
  CompiledNetwork reaching(Reach reach) {
    return switch (reach.part()) {
      case WHOLE -> whole(keptBlocks);
      case KEEPING -> whole(reach.blocks());
      case SHALLOW -> shallow(reach.blocks());
    };
  }

  private CompiledNetwork whole(int blocks) {
    if (whole == null || keptBlocks != blocks) {
      closeWhole();
      whole =
          compile.apply(
              blocks == 0
                  ? graphs.denoiser(Extent.TILE)
                  : graphs.keepingDenoiser(Extent.TILE, blocks));
      keptBlocks = blocks;
    }
    return whole;
  }

  private CompiledNetwork shallow(int blocks) {
    if (shallow == null || shallowBlocks != blocks) {
      closeShallow();
      shallow = compile.apply(graphs.shallowDenoiser(Extent.TILE, blocks));
      shallowBlocks = blocks;
    }
    return shallow;
  }

  private void closeWhole() {
    if (whole != null) {
      whole.close();
      whole = null;
    }
  }

  private void closeShallow() {
    if (shallow != null) {
      shallow.close();
      shallow = null;
    }
  }

  @Override
  public void close() {
    closeWhole();
    closeShallow();
  }
}
