package io.stablesr.diffusion;

import io.stablesr.core.ErrorCode;
import io.stablesr.core.FloatTensor;
import io.stablesr.core.StableSrException;
import java.util.List;

/**
 * The networks as sampling sees them: the raw prediction (eps, v or residual) for a batch of tiles.
 *
 * <p>All branches are asked for in one call, so that an implementation may evaluate them as one
 * batch, share the structural condition between them, or run them one after the other when memory
 * is short; the guidance arithmetic stays with the caller. The structural condition is computed by
 * the implementation from {@code zLr} at {@code timestep}.
 */
@FunctionalInterface
public interface TilePredictor {
  /**
   * Evaluates the network.
   *
   * @param x noisy latents {@code [B,4,h,w]}, B at most the tile batch
   * @param zLr latents of the low-resolution image at the same places, same shape
   * @param timestep original timestep, 0..999, the same for the whole batch
   * @param branches one or two branches, never empty
   * @return one {@code [B,4,h,w]} per branch, in the order of {@code branches}
   */
  List<FloatTensor> predict(
      FloatTensor x, FloatTensor zLr, int timestep, List<GuidanceBranch> branches);

  /**
   * The same for a run that reuses deep features: those of each tile are kept by the implementation
   * until they are replaced.
   *
   * @param reach how deep the evaluation goes
   * @param firstTile number of the first tile of the batch within the run; the others follow
   * @throws StableSrException INTERNAL where an implementation keeps nothing
   */
  default List<FloatTensor> predict(
      FloatTensor x,
      FloatTensor zLr,
      int timestep,
      List<GuidanceBranch> branches,
      DeepCache.Reach reach,
      int firstTile) {
    if (reach.part() == DeepCache.Reach.Part.WHOLE) {
      return predict(x, zLr, timestep, branches);
    }
    throw new StableSrException(
        ErrorCode.INTERNAL,
        "This predictor keeps no features between steps; set sampling.deep-cache-interval to 1.");
  }
}
