package io.stablesr.diffusion;

import io.stablesr.core.ErrorCode;
import io.stablesr.core.FloatTensor;
import io.stablesr.core.StableSrException;
import io.stablesr.diffusion.Tiles.Tile;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * The network over whole canvases: cuts them into tiles, evaluates these in batches across columns
 * and images, and stitches the guided raw predictions (docs/mathematics.md 4.2). A canvas that is
 * no larger than a tile is evaluated whole, without weights. For flat tiles the output that keeps
 * the low-resolution latent takes the place of the network's.
 */
final class CanvasPredictor {
  private final TilePredictor network;
  private final Sampler sampler;
  private final int tileBatch;
  private final GaussianCentre centre;
  private final StepPlan plan;
  private final TileGrid grid;
  private final List<Tile> sampledTiles = new ArrayList<>();
  private final List<Tile> flatTiles = new ArrayList<>();

  CanvasPredictor(
      TilePredictor network,
      Sampler sampler,
      LatentRequest request,
      StepPlan plan,
      int tileLatents) {
    SamplingOptions options = request.options();
    this.network = network;
    this.sampler = sampler;
    this.tileBatch = options.tileBatch();
    this.centre = options.gaussianCentre();
    this.plan = plan;
    FloatTensor zLr = request.zLr();
    this.grid = new TileGrid(zLr.dim(2), zLr.dim(3), tileLatents, options.overlapLatents());
    List<Window> windows = grid.tiles();
    for (int image = 0; image < zLr.dim(0); image++) {
      Set<Window> flat = options.flatTiles().among(windows, zLr, image);
      for (Window window : windows) {
        if (flat.contains(window)) {
          flatTiles.add(new Tile(image, window));
        } else {
          sampledTiles.add(new Tile(image, window));
        }
      }
    }
  }

  /** Tiles of all images, flat ones included. */
  int tiles() {
    return sampledTiles.size() + flatTiles.size();
  }

  /** Tile evaluations over all images, steps and guidance branches. */
  int evaluations() {
    return sampledTiles.size() * plan.evaluations();
  }

  /**
   * The guided raw prediction in the shape of {@code x}; tells {@code done} of finished tiles.
   *
   * @param step number of the step, from 0 without gaps
   */
  FloatTensor predict(FloatTensor x, FloatTensor zLr, int step, BatchListener done) {
    if (tiles() == x.dim(0)) {
      FloatTensor whole = FloatTensor.zeros(x.shape());
      int size = x.size() / x.dim(0);
      predictTiles(
          x,
          zLr,
          step,
          done,
          (tile, output, b) ->
              System.arraycopy(output.data(), b * size, whole.data(), tile.image() * size, size));
      return whole;
    }
    TileAggregation aggregation =
        new TileAggregation(x.dim(0), x.dim(1), grid.height(), grid.width());
    double[] weights = GaussianWeights.of(grid.tileHeight(), grid.tileWidth(), centre);
    predictTiles(
        x,
        zLr,
        step,
        done,
        (tile, output, b) -> aggregation.add(tile.image(), tile.window(), output, b, weights));
    return aggregation.mean();
  }

  private void predictTiles(
      FloatTensor x, FloatTensor zLr, int step, BatchListener done, TileOutputs outputs) {
    for (int from = 0; from < sampledTiles.size(); from += tileBatch) {
      List<Tile> batch =
          sampledTiles.subList(from, Math.min(from + tileBatch, sampledTiles.size()));
      checkInterrupt(step);
      FloatTensor output = evaluate(x, zLr, plan.steps().get(step), from, batch);
      for (int b = 0; b < batch.size(); b++) {
        outputs.take(batch.get(b), output, b);
      }
      done.batchDone(batch.size() * plan.steps().get(step).branches());
    }
    for (Tile tile : flatTiles) {
      checkInterrupt(step);
      List<Tile> alone = List.of(tile);
      FloatTensor output =
          sampler.keeping(
              sampler.steps() - 1 - step, Tiles.gather(x, alone), Tiles.gather(zLr, alone));
      outputs.take(tile, output, 0);
    }
  }

  private void checkInterrupt(int step) {
    if (Thread.currentThread().isInterrupted()) {
      throw new StableSrException(
          ErrorCode.CANCELLED,
          "Sampling was interrupted at timestep %d; nothing was kept, run it again."
              .formatted(plan.steps().get(step).timestep()));
    }
  }

  /** Takes the output of a tile. */
  private interface TileOutputs {
    /**
     * @param output {@code [B,C,h,w]}
     * @param b which of the batch it is
     */
    void take(Tile tile, FloatTensor output, int b);
  }

  private FloatTensor evaluate(
      FloatTensor x, FloatTensor zLr, StepPlan.Step step, int from, List<Tile> batch) {
    FloatTensor input = Tiles.gather(x, batch);
    Guidance guidance = step.guidance();
    List<GuidanceBranch> branches = guidance.branches();
    List<FloatTensor> outputs =
        network.predict(
            input, Tiles.gather(zLr, batch), step.timestep(), branches, step.reach(), from);
    if (outputs.size() != branches.size() || !outputs.stream().allMatch(input::sameShape)) {
      throw new StableSrException(
          ErrorCode.INTERNAL,
          "The network answered %s for %d branches of %s."
              .formatted(outputs, branches.size(), input));
    }
    return guidance.combine(outputs);
  }

  /** Hears of finished tile batches; each guidance branch of a tile counts. */
  interface BatchListener {
    void batchDone(int evaluations);
  }
}
