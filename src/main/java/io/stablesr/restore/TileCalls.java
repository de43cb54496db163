package io.stablesr.restore;

import io.stablesr.core.FloatTensor;
import io.stablesr.engine.CallThreads;
import io.stablesr.engine.TensorEngine;
import io.stablesr.restore.TileBatcher.Member;
import io.stablesr.restore.TileBatcher.Tile;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * The calls of one denoiser: whose tiles they hold ({@link TileSharing}), and how many threads each
 * has ({@link CallThreads}).
 */
final class TileCalls {
  private final TensorEngine engine;
  private final CallThreads calls;
  private final double gflopPerLatent;
  private final Function<List<Tile>, List<List<FloatTensor>>> evaluation;
  private final Supplier<TileBatcher> batchers;

  /**
   * @param gflopPerLatent work of the denoiser, for each guidance branch
   * @param evaluation of tiles that fit each other; makes its call with {@link #run}
   */
  TileCalls(
      TensorEngine engine,
      TileSharing sharing,
      double gflopPerLatent,
      Function<List<Tile>, List<List<FloatTensor>>> evaluation) {
    this.engine = engine;
    this.calls = engine.calls();
    this.gflopPerLatent = gflopPerLatent;
    this.evaluation = evaluation;
    TileBatcher shared = batcher();
    this.batchers = sharing == TileSharing.ACROSS_IMAGES ? () -> shared : this::batcher;
  }

  /** The denoiser for one image while it is sampled; the caller closes it. */
  PromptedDenoiser predictor(String prompt, String negativePrompt, int tileBatch) {
    TileBatcher batcher = batchers.get();
    return new PromptedDenoiser(
        prompt,
        negativePrompt,
        FirstUse.of(() -> batcher.join(tileBatch), Member::close),
        new KeptFeatures(engine::scope));
  }

  /** Makes the call for these tiles with its threads. */
  <T> T run(List<Tile> tiles, Supplier<T> call) {
    return calls.run(gflop(tiles.get(0), tiles.size()), call);
  }

  private TileBatcher batcher() {
    return new TileBatcher(
        new TileBatcher.Evaluator() {
          @Override
          public List<List<FloatTensor>> evaluate(List<Tile> tiles) {
            return evaluation.apply(tiles);
          }

          @Override
          public int callsAtOnce(Tile tile, int tiles) {
            return calls.callsAtOnce(gflop(tile, tiles));
          }
        });
  }

  /** However deep the UNet is evaluated. */
  private double gflop(Tile tile, int tiles) {
    return gflopPerLatent * tile.texts().size() * tiles * tile.x().dim(2) * tile.x().dim(3);
  }
}
