package io.stablesr.restore;

import io.stablesr.core.FloatTensor;

/**
 * An encoded picture: its moments, and whatever the decoder needs of the encoder's features. Owns
 * native memory.
 */
interface PictureCode extends AutoCloseable {
  /** Mean and log variance {@code [1,8,h,w]}. */
  FloatTensor moments();

  @Override
  void close();
}
