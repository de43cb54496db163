package io.stablesr.parity;

import io.stablesr.core.FloatTensor;
import io.stablesr.diffusion.GuidanceBranch;
import io.stablesr.diffusion.TilePredictor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The model's denoiser with recorded contexts; guidance branches are one batch. */
final class DenoiserPredictor implements TilePredictor {
  private final Networks networks;
  private final FloatTensor positive;
  private final Optional<FloatTensor> negative;

  /**
   * Contexts {@code [K,L,C]}: one for all, or one for each entry of a batch.
   *
   * @param negative needed where the negative branch is asked for
   */
  DenoiserPredictor(Networks networks, FloatTensor positive, Optional<FloatTensor> negative) {
    this.networks = networks;
    this.positive = collapse(positive);
    this.negative = negative.map(DenoiserPredictor::collapse);
  }

  @Override
  public List<FloatTensor> predict(
      FloatTensor x, FloatTensor zLr, int timestep, List<GuidanceBranch> branches) {
    int batch = x.dim(0);
    List<FloatTensor> contexts = new ArrayList<>();
    List<FloatTensor> copies = new ArrayList<>();
    boolean shared = branches.stream().allMatch(branch -> context(branch).dim(0) == 1);
    for (GuidanceBranch branch : branches) {
      contexts.add(shared ? context(branch) : rows(context(branch), batch));
      copies.add(x);
    }
    FloatTensor out =
        networks
            .run(
                Networks.Network.DENOISER,
                Map.of(
                    "x", Slices.concat(copies),
                    "z", zLr,
                    "t", Slices.scalar(timestep),
                    "context", Slices.concat(contexts)))
            .get("out");
    List<FloatTensor> parts = new ArrayList<>();
    for (int branch = 0; branch < branches.size(); branch++) {
      parts.add(Slices.entries(out, branch * batch, (branch + 1) * batch));
    }
    return parts;
  }

  private FloatTensor context(GuidanceBranch branch) {
    return switch (branch) {
      case POSITIVE -> positive;
      case NEGATIVE -> negative.orElseThrow();
    };
  }

  private static FloatTensor rows(FloatTensor context, int batch) {
    if (context.dim(0) == 1) {
      List<FloatTensor> copies = new ArrayList<>();
      for (int i = 0; i < batch; i++) {
        copies.add(context);
      }
      return Slices.concat(copies);
    }
    // The published canvas samplers take the first rows for whatever tiles are in the batch.
    return Slices.entries(context, 0, batch);
  }

  /** Equal contexts become one: it then serves any batch. */
  private static FloatTensor collapse(FloatTensor context) {
    List<FloatTensor> entries = Slices.split(context);
    FloatTensor first = entries.get(0);
    boolean equal = entries.stream().allMatch(e -> Arrays.equals(e.data(), first.data()));
    return equal ? Slices.single(first) : context;
  }
}
