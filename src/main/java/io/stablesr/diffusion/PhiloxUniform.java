package io.stablesr.diffusion;

/**
 * Uniform numbers in [0, 1) that depend on nothing but (seed, identity, draw, channel, y, x), as
 * the normals of {@link PhiloxNoise} do. 53 bits each.
 */
public final class PhiloxUniform {
  private static final double TO_UNIT = 0x1.0p-53;

  private final PhiloxKey key;

  /** The numbers of one identity under a seed. */
  public PhiloxUniform(long seed, String identity) {
    this.key = PhiloxKey.of(seed, identity);
  }

  /** The number at a place. */
  public double at(int draw, int channel, int y, int x) {
    int[] words = new int[4];
    Philox.block(x, y, channel, draw, key.word0(), key.word1(), words);
    return bits53(words[0], words[1]) * TO_UNIT;
  }

  /** Fills {@code row} with the numbers at x = 0, 1, ... */
  public void fillRow(int draw, int channel, int y, double[] row) {
    int[] words = new int[4];
    for (int x = 0; x < row.length; x++) {
      Philox.block(x, y, channel, draw, key.word0(), key.word1(), words);
      row[x] = bits53(words[0], words[1]) * TO_UNIT;
    }
  }

  /** The first 53 of 64 bits. */
  static long bits53(int high, int low) {
    return (((long) high << 32) | (low & 0xFFFFFFFFL)) >>> 11;
  }
}
