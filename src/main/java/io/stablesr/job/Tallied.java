package io.stablesr.job;

/** A result of a job that tells how its items ended. */
public interface Tallied {
  /** How they ended. */
  JobTally tally();

  /** Items of this status. */
  default long count(RowStatus status) {
    return tally().count(status);
  }

  /** Items among the DONE that earlier runs have finished. */
  default long doneBefore() {
    return tally().doneBefore();
  }

  /** 0 when no item failed, 2 otherwise. */
  default int exitCode() {
    return count(RowStatus.FAILED) == 0 ? 0 : 2;
  }
}
