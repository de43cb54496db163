package io.stablesr.diffusion;

/**
 * Philox4x32-10, the counter-based generator of Salmon et al., "Parallel random numbers: as easy as
 * 1, 2, 3" (SC 2011): a bijection of 128-bit counters for every 64-bit key.
 */
final class Philox {
  private static final int ROUNDS = 10;
  private static final long MULTIPLIER_0 = 0xD2511F53L;
  private static final long MULTIPLIER_1 = 0xCD9E8D57L;
  private static final int WEYL_0 = 0x9E3779B9;
  private static final int WEYL_1 = 0xBB67AE85;
  private static final long LOW = 0xFFFFFFFFL;

  private Philox() {}

  /** Writes the four words for counter {@code c0..c3} and key {@code k0,k1} into {@code words}. */
  static void block(int c0, int c1, int c2, int c3, int k0, int k1, int[] words) {
    int w0 = c0;
    int w1 = c1;
    int w2 = c2;
    int w3 = c3;
    int key0 = k0;
    int key1 = k1;
    for (int round = 0; round < ROUNDS; round++) {
      long product0 = MULTIPLIER_0 * (w0 & LOW);
      long product1 = MULTIPLIER_1 * (w2 & LOW);
      w0 = (int) (product1 >>> 32) ^ w1 ^ key0;
      w1 = (int) product1;
      w2 = (int) (product0 >>> 32) ^ w3 ^ key1;
      w3 = (int) product0;
      key0 += WEYL_0;
      key1 += WEYL_1;
    }
    words[0] = w0;
    words[1] = w1;
    words[2] = w2;
    words[3] = w3;
  }
}
