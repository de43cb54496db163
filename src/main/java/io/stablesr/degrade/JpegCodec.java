package io.stablesr.degrade;

/** What puts JPEG's artefacts into a picture. */
public enum JpegCodec {
  /**
   * JPEG's arithmetic in floating point, {@link SimulatedJpeg}: any real quality, nothing but the
   * coefficients is rounded. What the published pipelines train with.
   */
  SIMULATED,
  /** The JPEG writer and reader of the Java runtime, {@link EncodedJpeg}, as files have been. */
  ENCODED
}
