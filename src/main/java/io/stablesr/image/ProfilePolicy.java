package io.stablesr.image;

/** Which colours a result is stored in. */
public enum ProfilePolicy {
  /** Those of the source's RGB profile, which is embedded again. */
  KEEP,
  /** sRGB. */
  SRGB
}
