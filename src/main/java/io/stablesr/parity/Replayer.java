package io.stablesr.parity;

import io.stablesr.core.StableSrException;
import java.nio.file.Path;

/** Knows what the files of one number mean. */
interface Replayer {
  /**
   * Recomputes what the file records and compares.
   *
   * @throws StableSrException when a network cannot be loaded or evaluated
   */
  void replay(Path file, Replay replay);
}
