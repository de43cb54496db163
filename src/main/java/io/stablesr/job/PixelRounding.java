package io.stablesr.job;

/** How a value 0..1 becomes 8 bits. */
public enum PixelRounding {
  /** To the nearest level. */
  NEAREST,
  /** Down to the next level, as the published scripts do. */
  TRUNCATE
}
