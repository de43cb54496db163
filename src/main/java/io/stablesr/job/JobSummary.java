package io.stablesr.job;

import java.util.List;
import java.util.Map;

/**
 * What became of a job.
 *
 * @param runId identity of the run
 * @param counts images per status
 * @param problems one line per image that is not OK: {@code FAILED IMAGE_DECODE a.jpg: message}
 * @param outputUri folder of the results
 * @param rowsUri folder of the run's rows
 * @param elapsedMillis elapsed time of the job
 */
public record JobSummary(
    String runId,
    Map<RowStatus, Long> counts,
    List<String> problems,
    String outputUri,
    String rowsUri,
    long elapsedMillis) {
  /** Takes copies. */
  public JobSummary {
    counts = Map.copyOf(counts);
    problems = List.copyOf(problems);
  }

  /** Images of this status. */
  public long count(RowStatus status) {
    return counts.getOrDefault(status, 0L);
  }

  /** 0 when no image failed, 2 otherwise. */
  public int exitCode() {
    return count(RowStatus.FAILED) == 0 ? 0 : 2;
  }

  /** The summary for the user, several lines. */
  public String text() {
    long total = counts.values().stream().mapToLong(Long::longValue).sum();
    StringBuilder lines = new StringBuilder();
    problems.stream().limit(20).forEach(problem -> lines.append(problem).append('\n'));
    if (problems.size() > 20) {
      lines.append("... and %d more\n".formatted(problems.size() - 20));
    }
    return lines
        .append(
            "%d images: %d ok, %d failed, %d skipped in %s\n"
                .formatted(
                    total,
                    count(RowStatus.OK),
                    count(RowStatus.FAILED),
                    count(RowStatus.SKIPPED),
                    ProgressLine.duration(elapsedMillis)))
        .append("images: ")
        .append(outputUri)
        .append("\nrows:   ")
        .append(rowsUri)
        .append('\n')
        .toString();
  }
}
