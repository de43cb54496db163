package io.stablesr.image;

/** How many bits the samples of a result have. */
public enum OutputBits {
  /** Always 8. */
  EIGHT,
  /** Always 16. */
  SIXTEEN,
  /** 16 where the source has more than 8, else 8. */
  AUTO;

  /** The depth for a source of so many bits per sample. */
  public BitDepth depth(int sourceBits) {
    return switch (this) {
      case EIGHT -> BitDepth.EIGHT;
      case SIXTEEN -> BitDepth.SIXTEEN;
      case AUTO -> sourceBits > 8 ? BitDepth.SIXTEEN : BitDepth.EIGHT;
    };
  }
}
