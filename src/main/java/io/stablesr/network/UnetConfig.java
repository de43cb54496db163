package io.stablesr.network;

import java.util.List;

/**
 * Architecture of the denoising UNet with feature modulation.
 *
 * @param latentChannels channels of the latent, 4
 * @param modelChannels width of the first level, 320 officially
 * @param channelMultipliers width of each level / first level, {@code 1,2,4,4}
 * @param residualBlocks residual blocks per level, 2
 * @param attentionFactors down-sampling factors that have transformers, {@code 1,2,4}; may be empty
 * @param headChannels channels per attention head, 64
 * @param contextWidth width of the text context, 1024
 * @param conditionChannels channels of the structural condition, 256
 * @param modulationHidden hidden width of the modulation layers, 128
 * @param normGroups groups of every group normalisation, 32
 * @param feedForwardMultiplier hidden / model width of the transformers' feed-forward, 4
 */
public record UnetConfig(
    int latentChannels,
    int modelChannels,
    List<Integer> channelMultipliers,
    int residualBlocks,
    List<Integer> attentionFactors,
    int headChannels,
    int contextWidth,
    int conditionChannels,
    int modulationHidden,
    int normGroups,
    int feedForwardMultiplier) {
  /** Stable Diffusion 2.1 with the modulation layers of StableSR. */
  public static final UnetConfig OFFICIAL =
      new UnetConfig(4, 320, List.of(1, 2, 4, 4), 2, List.of(1, 2, 4), 64, 1024, 256, 128, 32, 4);

  /** Checks every value. */
  public UnetConfig {
    Checks.positive("unet.latent-channels", latentChannels);
    Checks.positive("unet.model-channels", modelChannels);
    channelMultipliers = Checks.multipliers("unet.channel-multipliers", channelMultipliers);
    Checks.positive("unet.residual-blocks", residualBlocks);
    attentionFactors = List.copyOf(attentionFactors);
    Checks.positive("unet.head-channels", headChannels);
    Checks.positive("unet.context-width", contextWidth);
    Checks.positive("unet.condition-channels", conditionChannels);
    Checks.positive("unet.modulation-hidden", modulationHidden);
    Checks.positive("unet.norm-groups", normGroups);
    Checks.positive("unet.feed-forward-multiplier", feedForwardMultiplier);
    Checks.divisible("unet.model-channels", modelChannels, "unet.norm-groups", normGroups);
  }

  /** Number of resolutions. */
  public int levels() {
    return channelMultipliers.size();
  }

  /** Channels at {@code level}. */
  public int channels(int level) {
    return modelChannels * channelMultipliers.get(level);
  }

  /** Whether the blocks of {@code level} are followed by a transformer. */
  public boolean attends(int level) {
    return attentionFactors.contains(1 << level);
  }

  /** Blocks of the up path, each of which sees the output of one block of the down path. */
  public int upBlocks() {
    return levels() * (residualBlocks + 1);
  }

  /** Level of an up block, counted from the output: 0 is the last. */
  public int upLevel(int fromOutput) {
    return fromOutput / (residualBlocks + 1);
  }

  /**
   * Channels of what enters the last {@code blocks} up blocks, at the resolution of the deepest of
   * them.
   */
  public int enteringChannels(int blocks) {
    return channels(Math.min(upLevel(blocks), levels() - 1));
  }

  /** Width of the time embedding. */
  public int timeWidth() {
    return 4 * modelChannels;
  }
}
