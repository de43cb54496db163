package io.stablesr.image;

/** How the colours of the result are tied to those of the input. */
public enum ColorFix {
  /** Mean and standard deviation of each channel are taken from the input. */
  ADAIN,
  /** The low frequencies of a wavelet decomposition are taken from the input. */
  WAVELET,
  /** Nothing is changed. */
  NONE
}
