package io.stablesr.job;

import java.util.List;
import java.util.Map;

/**
 * What became of a job that makes pairs.
 *
 * @param counts pairs per status
 * @param doneBefore pairs among the DONE that earlier runs have made
 * @param problems one line per pair that is not DONE, the first {@link #SHOWN_PROBLEMS} of them
 * @param outputUri folder of the set
 * @param rowsUri folder of the run's rows
 * @param elapsedMillis elapsed time of the job
 */
public record PairSummary(
    Map<RowStatus, Long> counts,
    long doneBefore,
    List<String> problems,
    String outputUri,
    String rowsUri,
    long elapsedMillis) {
  /** Problems that a summary holds; all are in the rows. */
  public static final int SHOWN_PROBLEMS = 20;

  /** Takes copies. */
  public PairSummary {
    counts = Map.copyOf(counts);
    problems = List.copyOf(problems);
  }

  /** Pairs of this status. */
  public long count(RowStatus status) {
    return counts.getOrDefault(status, 0L);
  }

  /** 0 when no pair failed, 2 otherwise. */
  public int exitCode() {
    return count(RowStatus.FAILED) == 0 ? 0 : 2;
  }

  /** The summary for the user, several lines. */
  public String text() {
    long total = counts.values().stream().mapToLong(Long::longValue).sum();
    StringBuilder lines = new StringBuilder();
    problems.forEach(problem -> lines.append(problem).append('\n'));
    long more = total - count(RowStatus.DONE) - problems.size();
    if (more > 0) {
      lines.append("... and %d more, see the rows\n".formatted(more));
    }
    return lines
        .append(
            "%d pairs: %d done%s, %d failed, %d skipped in %s\n"
                .formatted(
                    total,
                    count(RowStatus.DONE),
                    doneBefore == 0 ? "" : " (%d of them before)".formatted(doneBefore),
                    count(RowStatus.FAILED),
                    count(RowStatus.SKIPPED),
                    ProgressLine.duration(elapsedMillis)))
        .append("pairs:  ")
        .append(outputUri)
        .append("/gt and /lq\nrows:   ")
        .append(rowsUri)
        .append('\n')
        .toString();
  }
}
