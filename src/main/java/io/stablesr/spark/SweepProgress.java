package io.stablesr.spark;

/**
 * What a run of a sweep has done.
 *
 * @param keptRows rows that were there
 * @param madeRows rows that were made
 * @param failedRows of all these, rows without a picture or that lack a score
 */
record SweepProgress(long keptRows, long madeRows, long failedRows) {
  SweepProgress kept(long rows, long failed) {
    return new SweepProgress(keptRows + rows, madeRows, failedRows + failed);
  }

  SweepProgress made(long rows, long failed) {
    return new SweepProgress(keptRows, madeRows + rows, failedRows + failed);
  }
}
