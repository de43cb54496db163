package io.stablesr.network;

/**
 * What the shapes of the weights do not show: how channels are split into heads and groups.
 *
 * @param headChannels channels per attention head of the UNet, 64 officially
 * @param encoderHeads attention heads of the time-aware encoder, 4
 * @param textHeads attention heads of the text encoder, 16
 * @param normGroups groups of every group normalisation, 32
 */
public record UnseenNumbers(int headChannels, int encoderHeads, int textHeads, int normGroups) {
  /** Those of the published model. */
  public static final UnseenNumbers OFFICIAL = new UnseenNumbers(64, 4, 16, 32);

  /** Checks that all are positive. */
  public UnseenNumbers {
    Checks.positive("head-channels", headChannels);
    Checks.positive("encoder-heads", encoderHeads);
    Checks.positive("text-heads", textHeads);
    Checks.positive("norm-groups", normGroups);
  }
}
