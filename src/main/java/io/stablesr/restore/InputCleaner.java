package io.stablesr.restore;

/**
 * A restoration network that cleans what the model is given.
 *
 * @param network the network, closed by who holds this
 * @param factor side of the cleaned input / side of the input
 */
record InputCleaner(Upscaler network, int factor) {
  private static final int MOST = 2;

  /**
   * The factor of a network's cleaned input. The StableSR paper reduces the result of a x4 network
   * by 2, so that its artefacts are not made larger; one of factor 1 or 2 is taken as it is.
   */
  static int factor(int networkScale) {
    return Math.min(networkScale, MOST);
  }
}
