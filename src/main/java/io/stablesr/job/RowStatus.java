package io.stablesr.job;

/** What became of an image. */
public enum RowStatus {
  /** The result is in the output, made by this run or by an earlier one. */
  DONE,
  /** There is no result; the error code says why. */
  FAILED,
  /** Nothing was done, because something else is at the output's place. */
  SKIPPED
}
