package io.stablesr.network;

import io.stablesr.graph.Scope;
import io.stablesr.graph.Symbol;
import java.util.ArrayList;
import java.util.List;

/**
 * The time-aware encoder: from the LR latent and the timestep to one feature map per resolution of
 * the UNet (paper section 3.1; the structural condition).
 */
public final class ConditionEncoder {
  /** Where its weights stand in the official checkpoint. */
  public static final Scope SCOPE = new Scope("structcond_stage_model");

  private final ConditionEncoderConfig config;

  /** An encoder of the given architecture. */
  public ConditionEncoder(ConditionEncoderConfig config) {
    this.config = config;
  }

  /**
   * Records the encoder.
   *
   * @param latent scaled LR latent {@code [N,4,h,w]}
   * @param timesteps original timesteps {@code [N]} or {@code [1]}, 0..999
   * @return one map {@code [N,outChannels,h/2^k,w/2^k]} per level k
   */
  public List<Symbol> record(Symbol latent, Symbol timesteps) {
    return record(latent, timesteps, config.levels());
  }

  /** The same up to the map of the first {@code count} levels; deeper blocks are left out. */
  public List<Symbol> record(Symbol latent, Symbol timesteps, int count) {
    Symbol time =
        DiffusionBlocks.timeEmbedding(SCOPE.at("time_embed"), timesteps, config.modelChannels());
    Scope blocks = SCOPE.at("input_blocks");
    int groups = config.normGroups();
    List<Symbol> levels = new ArrayList<>();
    int index = 0;
    Symbol x = latent.conv3x3(blocks.at(index++).at(0), config.modelChannels());
    x.named(blocks.at(0).prefix());
    for (int level = 0; level < count; level++) {
      for (int block = 0; block < config.residualBlocks(); block++) {
        Scope scope = blocks.at(index++);
        x = DiffusionBlocks.residual(scope.at(0), x, time, config.channels(level), groups);
        if (config.attends(level)) {
          x = DiffusionBlocks.attention(scope.at(1), x, config.heads(), groups);
        }
        x.named(scope.prefix());
      }
      if (level < config.levels() - 1) {
        levels.add(x);
        if (level < count - 1) {
          Scope scope = blocks.at(index++);
          x = DiffusionBlocks.downsample(scope.at(0), x).named(scope.prefix());
        }
      }
    }
    if (count == config.levels()) {
      levels.add(middle(x, time));
    }
    List<Symbol> condition = new ArrayList<>();
    for (int level = 0; level < levels.size(); level++) {
      Scope scope = SCOPE.at("fea_tran").at(level);
      condition.add(
          DiffusionBlocks.residual(scope, levels.get(level), time, config.outChannels(), groups));
    }
    return condition;
  }

  private Symbol middle(Symbol x, Symbol time) {
    Scope middle = SCOPE.at("middle_block");
    int channels = x.channels();
    int groups = config.normGroups();
    Symbol h = DiffusionBlocks.residual(middle.at(0), x, time, channels, groups);
    h = DiffusionBlocks.attention(middle.at(1), h, config.heads(), groups);
    return DiffusionBlocks.residual(middle.at(2), h, time, channels, groups).named(middle.prefix());
  }
}
