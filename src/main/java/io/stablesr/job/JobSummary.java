package io.stablesr.job;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What became of a job.
 *
 * @param runId identity of the run
 * @param tally how they ended
 * @param stageMillis elapsed milliseconds per stage, summed over images, longest first
 * @param outputUri folder of the results
 * @param rowsUri folder of the run's rows
 * @param elapsedMillis elapsed time of the job
 */
public record JobSummary(
    String runId,
    JobTally tally,
    Map<String, Long> stageMillis,
    String outputUri,
    String rowsUri,
    long elapsedMillis)
    implements Tallied {
  /** Takes copies. */
  public JobSummary {
    stageMillis = Collections.unmodifiableMap(new LinkedHashMap<>(stageMillis));
  }

  /** The summary for the user, several lines. */
  public String text() {
    return tally.text("images", elapsedMillis)
        + stages()
        + "images: %s\nrows:   %s\n".formatted(outputUri, rowsUri);
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
