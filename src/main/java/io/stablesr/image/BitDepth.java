package io.stablesr.image;

/** Bits per stored sample. */
public enum BitDepth {
  /** Samples 0..255. */
  EIGHT(8),
  /** Samples 0..65535. */
  SIXTEEN(16);

  private final int bits;

  BitDepth(int bits) {
    this.bits = bits;
  }

  /** The number of bits. */
  public int bits() {
    return bits;
  }

  /** The largest sample. */
  public int max() {
    return (1 << bits) - 1;
  }
}
