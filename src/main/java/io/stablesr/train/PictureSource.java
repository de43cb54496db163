package io.stablesr.train;

import java.util.random.RandomGenerator;

/** Where examples come from. */
public interface PictureSource {
  /**
   * Draws examples.
   *
   * @param random decides everything
   * @param count examples
   * @param side of each in pixels
   */
  PatchBatch draw(RandomGenerator random, int count, int side);
}
