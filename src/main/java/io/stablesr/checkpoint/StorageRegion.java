package io.stablesr.checkpoint;

/**
 * A run of bytes in a weight file that one or more tensors look into. In legacy torch files the
 * place is known only after the pickle that mentions the region, hence {@link #place}.
 */
final class StorageRegion {
  private static final long NOT_PLACED = -1;

  private final ElementType type;
  private final long bytes;
  private long fileOffset = NOT_PLACED;

  /**
   * A region of {@code bytes} bytes whose tensors are of {@code type} unless they say otherwise.
   */
  StorageRegion(ElementType type, long bytes) {
    this.type = type;
    this.bytes = bytes;
  }

  ElementType type() {
    return type;
  }

  long bytes() {
    return bytes;
  }

  boolean placed() {
    return fileOffset != NOT_PLACED;
  }

  StorageRegion place(long offset) {
    fileOffset = offset;
    return this;
  }

  long fileOffset() {
    if (!placed()) {
      throw new IllegalStateException("A region was read before its place was known");
    }
    return fileOffset;
  }
}
