package io.stablesr.image;

import java.io.IOException;

/**
 * Reads parts of a file; the method of Hadoop's {@code PositionedReadable}, so that an open stream
 * can be passed as {@code stream::read}.
 */
@FunctionalInterface
public interface PositionedReader {
  /**
   * Reads up to {@code length} bytes from {@code position} on.
   *
   * @return how many were read, -1 at or behind the end of the file
   */
  int read(long position, byte[] buffer, int offset, int length) throws IOException;
}
