package io.stablesr.report;

/** Where inputs and results are read from. */
@FunctionalInterface
public interface PictureSource {
  /**
   * The whole file.
   *
   * @throws io.stablesr.core.StableSrException INPUT_NOT_FOUND, INPUT_READ, IMAGE_TOO_LARGE
   */
  byte[] read(String uri);
}
