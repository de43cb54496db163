package io.stablesr.restore;

import io.stablesr.core.FloatTensor;
import java.nio.file.Path;

/** Takes a result that is too large for memory, from top to bottom. */
public interface StripSink {
  /** Where the picture may be kept in scratch files while it is made. */
  Path scratchFolder();

  /** Begins a result of this size; anew where an earlier attempt was given up. */
  void begin(int width, int height);

  /** Takes the next rows {@code [3,rows,W]}: sRGB, values 0..1. */
  void write(FloatTensor strip);
}
