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
import java.util.Optional;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Function;

/**
 * The denoiser, compiled when it is first needed: whole, and its last blocks alone. There is one
 * whole network at a time, since its weights may be copies: one that also returns features serves
 * those who do not want them, with the same numbers. Another is compiled when nobody uses it.
 */
final class DenoiserNetworks implements AutoCloseable {
  private final Graphs graphs;
  private final Function<Graph, CompiledNetwork> compile;
  private CompiledNetwork whole;
  private int keptBlocks;
  private CompiledNetwork shallow;
  private int shallowBlocks;
  private final ReentrantReadWriteLock use = new ReentrantReadWriteLock(true);

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

  /** Does something with the network for an evaluation, which stays open meanwhile. */
  <T> T using(Reach reach, Function<CompiledNetwork, T> evaluation) {
    use.readLock().lock();
    try {
      if (compiled(reach).isEmpty()) {
        use.readLock().unlock();
        use.writeLock().lock();
        try {
          prepare(reach);
        } finally {
          // Read before nobody writes any more, so that the network cannot be another one.
          use.readLock().lock();
          use.writeLock().unlock();
        }
      }
      return evaluation.apply(compiled(reach).orElseThrow());
    } finally {
      use.readLock().unlock();
    }
  }

  private Optional<CompiledNetwork> compiled(Reach reach) {
    boolean there =
        switch (reach.part()) {
          case WHOLE -> true;
          case KEEPING -> keptBlocks == reach.blocks();
          case SHALLOW -> shallowBlocks == reach.blocks();
        };
    CompiledNetwork network = reach.part() == Reach.Part.SHALLOW ? shallow : whole;
    return there ? Optional.ofNullable(network) : Optional.empty();
  }

  private void prepare(Reach reach) {
    switch (reach.part()) {
      case WHOLE -> prepareWhole(keptBlocks);
      case KEEPING -> prepareWhole(reach.blocks());
      case SHALLOW -> prepareShallow(reach.blocks());
    }
  }

  private void prepareWhole(int blocks) {
    if (whole == null || keptBlocks != blocks) {
      closeWhole();
      whole =
          compile.apply(
              blocks == 0
                  ? graphs.denoiser(Extent.TILE)
                  : graphs.keepingDenoiser(Extent.TILE, blocks));
      keptBlocks = blocks;
    }
  }

  private void prepareShallow(int blocks) {
    if (shallow == null || shallowBlocks != blocks) {
      closeShallow();
      shallow = compile.apply(graphs.shallowDenoiser(Extent.TILE, blocks));
      shallowBlocks = blocks;
    }
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
