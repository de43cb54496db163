package io.stablesr.job;

import io.stablesr.core.ErrorCode;
import java.io.Serializable;

/**
 * What reading the header of an image gave.
 *
 * @param width width in pixels as shown; 0 where the header could not be read
 * @param height height in pixels as shown; 0 where the header could not be read
 * @param bytes length of the file; 0 where it is not known
 * @param version etag or {@code length-mtimeMillis}; empty where it is not known
 * @param error why the header could not be read or the image will not be taken; null where all is
 *     well
 * @param message the error in a sentence; empty where all is well
 */
public record ImageFacts(
    int width, int height, long bytes, String version, ErrorCode error, String message)
    implements Serializable {
  /** A header that was read. */
  public static ImageFacts of(int width, int height, long bytes, String version) {
    return new ImageFacts(width, height, bytes, version, null, "");
  }

  /** A header that was not. */
  public static ImageFacts failed(ErrorCode error, String message, long bytes, String version) {
    return new ImageFacts(0, 0, bytes, version, error, message);
  }

  /** Whether sizes are known. */
  public boolean readable() {
    return error == null;
  }
}
