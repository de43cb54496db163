package io.stablesr.job;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What became of a job.
 *
 * @param runId identity of the run
 * @param counts images per status
 * @param doneBefore images among the DONE that earlier runs have computed
 * @param problems one line per image that is not DONE: {@code FAILED IMAGE_DECODE a.jpg: message},
 *     the first {@link #SHOWN_PROBLEMS} of them
 * @param stageMillis elapsed milliseconds per stage, summed over images, longest first
 * @param outputUri folder of the results
 * @param rowsUri folder of the run's rows
 * @param elapsedMillis elapsed time of the job
 */
public record JobSummary(
    String runId,
    Map<RowStatus, Long> counts,
    long doneBefore,
    List<String> problems,
    Map<String, Long> stageMillis,
    String outputUri,
    String rowsUri,
    long elapsedMillis) {
  /** Problems that a summary holds; all are in the rows. */
  public static final int SHOWN_PROBLEMS = 20;

  /** Takes copies. */
  public JobSummary {
    stageMillis = Collections.unmodifiableMap(new LinkedHashMap<>(stageMillis));
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
    problems.forEach(problem -> lines.append(problem).append('\n'));
    long more = total - count(RowStatus.DONE) - problems.size();
    if (more > 0) {
      lines.append("... and %d more, see the rows\n".formatted(more));
    }
    return lines
        .append(
            "%d images: %d done%s, %d failed, %d skipped in %s\n"
                .formatted(
                    total,
                    count(RowStatus.DONE),
                    doneBefore == 0 ? "" : " (%d of them before)".formatted(doneBefore),
                    count(RowStatus.FAILED),
                    count(RowStatus.SKIPPED),
                    ProgressLine.duration(elapsedMillis)))
        .append(stages())
        .append("images: ")
        .append(outputUri)
        .append("\nrows:   ")
        .append(rowsUri)
        .append('\n')
        .toString();
  }

  private String stages() {
    if (stageMillis.isEmpty()) {
      return "";
    }
    return stageMillis.entrySet().stream()
        .map(
            stage ->
                String.format(Locale.ROOT, "%s %.1f", stage.getKey(), stage.getValue() / 1000.0))
        .collect(Collectors.joining(", ", "seconds per stage, summed: ", "\n"));
  }
}
