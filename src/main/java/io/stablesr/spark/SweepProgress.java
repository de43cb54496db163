package io.stablesr.spark;

/**
 * What a run of a sweep has done.
 *
 * @param keptRows rows that were there
 * @param madeRows rows that were made
 * @param failedRows of these, rows without scores
 * @param madeConfigurations configurations whose rows were made
 */
record SweepProgress(long keptRows, long madeRows, long failedRows, int madeConfigurations) {
  SweepProgress kept(long rows) {
    return new SweepProgress(keptRows + rows, madeRows, failedRows, madeConfigurations);
  }

  SweepProgress made(long rows, long failed) {
    return new SweepProgress(
        keptRows, madeRows + rows, failedRows + failed, madeConfigurations + 1);
  }
}
