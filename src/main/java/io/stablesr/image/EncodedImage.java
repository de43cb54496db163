package io.stablesr.image;

import java.util.List;

/** A finished file. */
public final class EncodedImage {
  private final byte[] bytes;
  private final List<ImageWarning> warnings;

  /** Keeps {@code bytes} without a copy. */
  public EncodedImage(byte[] bytes, List<ImageWarning> warnings) {
    this.bytes = bytes;
    this.warnings = List.copyOf(warnings);
  }

  /** The file; not a copy. */
  public byte[] bytes() {
    return bytes;
  }

  /** What could not be kept. */
  public List<ImageWarning> warnings() {
    return warnings;
  }
}
