package io.stablesr.network;

import java.util.List;

/**
 * Architecture of the time-aware encoder.
 *
 * @param latentChannels channels of the latent, 4
 * @param modelChannels width of the first level, 256 officially
 * @param outChannels channels of the structural condition, 256
 * @param channelMultipliers width of each level / first level, {@code 1,1,2,2}
 * @param residualBlocks residual blocks per level, 2
 * @param attentionFactors down-sampling factors that have attention, {@code 1,2,4}; may be empty
 * @param heads attention heads, 4
 * @param normGroups groups of every group normalisation, 32
 */
public record ConditionEncoderConfig(
    int latentChannels,
    int modelChannels,
    int outChannels,
    List<Integer> channelMultipliers,
    int residualBlocks,
    List<Integer> attentionFactors,
    int heads,
    int normGroups) {
  /** The published encoder. */
  public static final ConditionEncoderConfig OFFICIAL =
      new ConditionEncoderConfig(4, 256, 256, List.of(1, 1, 2, 2), 2, List.of(1, 2, 4), 4, 32);

  /** Checks every value. */
  public ConditionEncoderConfig {
    Checks.positive("condition-encoder.latent-channels", latentChannels);
    Checks.positive("condition-encoder.model-channels", modelChannels);
    Checks.positive("condition-encoder.out-channels", outChannels);
    channelMultipliers =
        Checks.multipliers("condition-encoder.channel-multipliers", channelMultipliers);
    Checks.positive("condition-encoder.residual-blocks", residualBlocks);
    attentionFactors = List.copyOf(attentionFactors);
    Checks.positive("condition-encoder.heads", heads);
    Checks.positive("condition-encoder.norm-groups", normGroups);
    Checks.divisible(
        "condition-encoder.model-channels",
        modelChannels,
        "condition-encoder.norm-groups",
        normGroups);
  }

  /** Number of resolutions. */
  public int levels() {
    return channelMultipliers.size();
  }

  /** Channels at {@code level}. */
  public int channels(int level) {
    return modelChannels * channelMultipliers.get(level);
  }

  /** Whether the blocks of {@code level} are followed by attention. */
  public boolean attends(int level) {
    return attentionFactors.contains(1 << level);
  }

  /** Width of the time embedding. */
  public int timeWidth() {
    return 4 * modelChannels;
  }
}
