package io.stablesr.job;

/** What became of an image. */
public enum RowStatus {
  /** The result is in the output. */
  OK,
  /** There is no result; the error code says why. */
  FAILED,
  /** Nothing was done, because the output exists. */
  SKIPPED
}
