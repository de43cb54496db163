package io.stablesr.degrade;

/** Whether a low-quality picture in memory has whole levels. Files always have. */
public enum Rounding {
  /** Values as the last operation left them. */
  NONE,
  /** Multiples of 1/255. */
  LEVELS
}
