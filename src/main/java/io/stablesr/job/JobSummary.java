package io.stablesr.job;

import io.stablesr.restore.PreCleaning;
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
 * @param preCleaned images per decision about cleaning; empty where none was asked for
 * @param stageMillis elapsed milliseconds per stage, summed over images, longest first
 * @param outputUri folder of the results
 * @param rowsUri folder of the run's rows
 * @param elapsedMillis elapsed time of the job
 */
public record JobSummary(
    String runId,
    JobTally tally,
    Map<PreCleaning.Decision, Long> preCleaned,
    Map<String, Long> stageMillis,
    String outputUri,
    String rowsUri,
    long elapsedMillis)
    implements Tallied {
  /** Takes copies. */
  public JobSummary {
    preCleaned = Map.copyOf(preCleaned);
    stageMillis = Collections.unmodifiableMap(new LinkedHashMap<>(stageMillis));
  }

  /** The summary for the user, several lines. */
  public String text() {
    return tally.text("images", elapsedMillis)
        + cleaning()
        + stages()
        + "images: %s\nrows:   %s\n".formatted(outputUri, rowsUri);
  }

  private String cleaning() {
    long judged = preCleaned.values().stream().mapToLong(Long::longValue).sum();
    return judged == 0
        ? ""
        : "pre-clean: %d of %d cleaned first\n"
            .formatted(preCleaned.getOrDefault(PreCleaning.Decision.CLEANED, 0L), judged);
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
