package io.stablesr.train;

import io.stablesr.metric.TrunkInput;
import io.stablesr.network.PatchDiscriminator;

/**
 * The networks that judge pictures in training and are not part of a restorer.
 *
 * @param discriminator learns to tell made pictures from real ones
 * @param trunkInput how the weights of the perceptual trunk want a picture
 */
record Critics(PatchDiscriminator discriminator, TrunkInput trunkInput) {
  /** Side that the discriminator is recorded at; it takes others too. */
  static final int RECORDED_PIXELS = 256;

  /** The published discriminator. */
  static final Critics PUBLISHED = new Critics(PatchDiscriminator.OFFICIAL, TrunkInput.LPIPS);
}
