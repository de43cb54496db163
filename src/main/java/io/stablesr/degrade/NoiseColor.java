package io.stablesr.degrade;

/** Whether the channels of a picture get noise of their own. */
public enum NoiseColor {
  /** Independent noise in each channel. */
  COLOR,
  /** The same noise in all channels. */
  GREY
}
