package io.stablesr.image;

/** What becomes of a source's EXIF, XMP, IPTC and texts. */
public enum MetadataPolicy {
  /** They go into the result, brought in line with it. */
  KEEP,
  /** They are left out; what the program itself records stays. */
  STRIP
}
