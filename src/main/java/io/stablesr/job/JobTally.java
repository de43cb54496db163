package io.stablesr.job;

import java.util.List;
import java.util.Map;

/**
 * How many items of a job ended how.
 *
 * @param counts items per status
 * @param doneBefore items among the DONE that earlier runs have finished
 * @param problems one line per item that is not DONE: {@code FAILED IMAGE_DECODE a.jpg: message},
 *     the first {@link #SHOWN_PROBLEMS} of them
 */
public record JobTally(Map<RowStatus, Long> counts, long doneBefore, List<String> problems) {
  /** Problems that a tally holds; all are in the rows. */
  public static final int SHOWN_PROBLEMS = 20;

  /** Takes copies. */
  public JobTally {
    counts = Map.copyOf(counts);
    problems = List.copyOf(problems);
  }

  /** Items of this status. */
  public long count(RowStatus status) {
    return counts.getOrDefault(status, 0L);
  }

  /**
   * The problems and the counts for the user.
   *
   * @param items what is counted, in the plural
   */
  String text(String items, long elapsedMillis) {
    long total = counts.values().stream().mapToLong(Long::longValue).sum();
    StringBuilder lines = new StringBuilder();
    problems.forEach(problem -> lines.append(problem).append('\n'));
    long more = total - count(RowStatus.DONE) - problems.size();
    if (more > 0) {
      lines.append("... and %d more, see the rows\n".formatted(more));
    }
    return lines
        .append(
            "%d %s: %d done%s, %d failed, %d skipped in %s\n"
                .formatted(
                    total,
                    items,
                    count(RowStatus.DONE),
                    doneBefore == 0 ? "" : " (%d of them before)".formatted(doneBefore),
                    count(RowStatus.FAILED),
                    count(RowStatus.SKIPPED),
                    ProgressLine.duration(elapsedMillis)))
        .toString();
  }
}
