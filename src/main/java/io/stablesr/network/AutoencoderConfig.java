package io.stablesr.network;

import java.util.List;
import java.util.Objects;

/**
 * Architecture of the autoencoder and of the controllable feature wrapping (CFW) in its decoder.
 *
 * @param channels width of the first level, 128 officially
 * @param channelMultipliers width of each level / first level, {@code 1,2,4,4}; n levels make a
 *     latent 2^(n-1) times smaller than the picture
 * @param residualBlocks residual blocks per encoder level, 2; the decoder has one more
 * @param latentChannels channels of the latent, 4
 * @param middleAttention whether the middle has a self-attention
 * @param normGroups groups of every group normalisation, 32
 * @param fusionBlocks residual-in-residual dense blocks per fusion layer, 2
 * @param fusionGrowth growth channels of those blocks, 32
 */
public record AutoencoderConfig(
    int channels,
    List<Integer> channelMultipliers,
    int residualBlocks,
    int latentChannels,
    MiddleAttention middleAttention,
    int normGroups,
    int fusionBlocks,
    int fusionGrowth) {
  /** The published autoencoder. */
  public static final AutoencoderConfig OFFICIAL =
      new AutoencoderConfig(128, List.of(1, 2, 4, 4), 2, 4, MiddleAttention.SINGLE_HEAD, 32, 2, 32);

  /** What stands between the two middle blocks. */
  public enum MiddleAttention {
    /** Nothing. */
    NONE,
    /** Self-attention with one head. */
    SINGLE_HEAD
  }

  /** Checks every value. */
  public AutoencoderConfig {
    Checks.positive("autoencoder.channels", channels);
    channelMultipliers = Checks.multipliers("autoencoder.channel-multipliers", channelMultipliers);
    Checks.positive("autoencoder.residual-blocks", residualBlocks);
    Checks.positive("autoencoder.latent-channels", latentChannels);
    Objects.requireNonNull(middleAttention, "middleAttention");
    Checks.positive("autoencoder.norm-groups", normGroups);
    Checks.positive("autoencoder.fusion-blocks", fusionBlocks);
    Checks.positive("autoencoder.fusion-growth", fusionGrowth);
    Checks.divisible("autoencoder.channels", channels, "autoencoder.norm-groups", normGroups);
  }

  /** Number of resolutions. */
  public int levels() {
    return channelMultipliers.size();
  }

  /** Channels at {@code level}. */
  public int channels(int level) {
    return channels * channelMultipliers.get(level);
  }

  /** Picture pixels per latent pixel along one axis. */
  public int downsampling() {
    return 1 << (levels() - 1);
  }

  /** Levels whose decoder features are corrected by encoder features: all but first and last. */
  public List<Integer> fusedLevels() {
    return java.util.stream.IntStream.range(1, levels() - 1).boxed().toList();
  }
}
