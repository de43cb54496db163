package io.stablesr.image;

import java.io.IOException;

/**
 * Writes a picture row by row, from top to bottom, so that it never has to be in memory as a whole.
 * The stream it writes to belongs to the caller.
 */
public interface RowWriter extends AutoCloseable {
  /**
   * Takes the next row.
   *
   * @param samples {@link PictureLayout#bytesPerRow()} bytes in that layout; not kept
   */
  void writeRow(byte[] samples) throws IOException;

  /**
   * Ends the file.
   *
   * @throws IllegalStateException when rows are missing
   */
  void finish() throws IOException;

  /** Frees what the writer holds; without {@link #finish} before, the file stays incomplete. */
  @Override
  void close() throws IOException;
}
