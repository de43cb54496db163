package io.stablesr.job;

/**
 * What became of a job that makes pairs.
 *
 * @param tally how they ended
 * @param outputUri folder of the set
 * @param rowsUri folder of the run's rows
 * @param elapsedMillis elapsed time of the job
 */
public record PairSummary(JobTally tally, String outputUri, String rowsUri, long elapsedMillis)
    implements Tallied {
  /** The summary for the user, several lines. */
  public String text() {
    return tally.text("pairs", elapsedMillis)
        + "pairs:  %s/gt and /lq\nrows:   %s\n".formatted(outputUri, rowsUri);
  }
}
