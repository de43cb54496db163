package io.stablesr.restore;

import io.stablesr.core.FloatTensor;
import io.stablesr.diffusion.DeepCache.Reach;
import io.stablesr.diffusion.GuidanceBranch;
import io.stablesr.diffusion.TilePredictor;
import io.stablesr.restore.TileBatcher.Member;
import io.stablesr.restore.TileBatcher.Tile;
import io.stablesr.restore.TileBatcher.TileDepth;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** The denoiser under the prompts of one image. */
final class PromptedDenoiser implements TilePredictor, AutoCloseable {
  private final String prompt;
  private final String negativePrompt;
  // Joined with the first tiles, so that nobody waits for a picture that is still encoded.
  private final FirstUse<Member> batches;
  private final KeptFeatures features;

  PromptedDenoiser(
      String prompt, String negativePrompt, FirstUse<Member> batches, KeptFeatures features) {
    this.prompt = prompt;
    this.negativePrompt = negativePrompt;
    this.batches = batches;
    this.features = features;
  }

  @Override
  public List<FloatTensor> predict(
      FloatTensor x, FloatTensor zLr, int timestep, List<GuidanceBranch> branches) {
    return predict(x, zLr, timestep, branches, Reach.WHOLE, 0);
  }

  @Override
  public List<FloatTensor> predict(
      FloatTensor x,
      FloatTensor zLr,
      int timestep,
      List<GuidanceBranch> branches,
      Reach reach,
      int firstTile) {
    List<String> texts = branches.stream().map(this::text).toList();
    List<FloatTensor> conditions = Batches.split(zLr, zLr.dim(0));
    List<Tile> tiles = new ArrayList<>();
    for (FloatTensor part : Batches.split(x, x.dim(0))) {
      int index = tiles.size();
      TileDepth depth = new TileDepth(reach, features, firstTile + index);
      tiles.add(new Tile(part, conditions.get(index), timestep, texts, depth));
    }
    List<List<FloatTensor>> outputs = batches.get().evaluate(tiles);
    return IntStream.range(0, branches.size())
        .mapToObj(k -> Batches.concatenated(outputs.stream().map(output -> output.get(k)).toList()))
        .toList();
  }

  private String text(GuidanceBranch branch) {
    return branch == GuidanceBranch.POSITIVE ? prompt : negativePrompt;
  }

  @Override
  public void close() {
    batches.close();
    features.close();
  }
}
