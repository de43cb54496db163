package io.stablesr.image;

/** How the strips of a TIFF file are stored. */
public enum TiffCompression {
  /** Deflate (tag value 8) behind a horizontal predictor; strips wait in a scratch file. */
  DEFLATE(8),
  /** As they are: the file is written in one go. */
  NONE(1);

  private final int tagValue;

  TiffCompression(int tagValue) {
    this.tagValue = tagValue;
  }

  /** The value of tag 259. */
  int tagValue() {
    return tagValue;
  }
}
