package io.stablesr.report;

import io.stablesr.job.ImageResult;
import io.stablesr.job.RowStatus;
import io.stablesr.restore.PreCleaning;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * One image under one configuration: a row of a run or of a sweep.
 *
 * @param imageId which image
 * @param settings what tells configurations apart, by setting; without the seed
 * @param facts what else is shown of where it comes from: run, model, licence, device, version
 * @param outcome what became of it
 * @param sizes sizes in pixels, 0 where not known
 * @param stageMillis elapsed milliseconds per stage
 * @param metrics scores by name; empty where none were computed
 * @param files where its pictures are
 */
public record ReportCase(
    String imageId,
    Map<String, String> settings,
    Map<String, String> facts,
    Outcome outcome,
    ImageResult.Sizes sizes,
    Map<String, Long> stageMillis,
    Map<String, Double> metrics,
    Pictures files) {
  /** The fact that names the data set of a sweep; means go over one data set. */
  public static final String DATA_SET = "data set";

  /** Takes copies that keep the order. */
  public ReportCase {
    Objects.requireNonNull(imageId, "imageId");
    Objects.requireNonNull(outcome, "outcome");
    Objects.requireNonNull(sizes, "sizes");
    Objects.requireNonNull(files, "files");
    // Rows keep maps in no order; names and columns of a report shall not depend on it.
    settings = Collections.unmodifiableMap(new TreeMap<>(settings));
    facts = Collections.unmodifiableMap(new TreeMap<>(facts));
    stageMillis = ordered(stageMillis);
    metrics = ordered(metrics);
  }

  /**
   * What became of it.
   *
   * @param status of the row
   * @param errorCode name of an error code; empty when there is none
   * @param errorMessage sentence; empty when there is none
   * @param warnings sentences
   * @param preCleaning what was decided about cleaning the input
   */
  public record Outcome(
      RowStatus status,
      String errorCode,
      String errorMessage,
      List<String> warnings,
      PreCleaning preCleaning) {
    /** Without errors and warnings. */
    public static final Outcome DONE =
        new Outcome(RowStatus.DONE, "", "", List.of(), PreCleaning.NONE);

    /** Takes a copy. */
    public Outcome {
      Objects.requireNonNull(status, "status");
      Objects.requireNonNull(errorCode, "errorCode");
      Objects.requireNonNull(errorMessage, "errorMessage");
      Objects.requireNonNull(preCleaning, "preCleaning");
      warnings = List.copyOf(warnings);
    }
  }

  /**
   * Where pictures are.
   *
   * @param input low-quality picture
   * @param output result
   * @param truth true picture; empty when there is none
   */
  public record Pictures(String input, String output, String truth) {
    /** Checks that nothing is missing. */
    public Pictures {
      Objects.requireNonNull(input, "input");
      Objects.requireNonNull(output, "output");
      Objects.requireNonNull(truth, "truth");
    }
  }

  /** Whether there is a result. */
  public boolean isDone() {
    return outcome.status() == RowStatus.DONE;
  }

  /** Seconds of all stages together; 0 where no time is known. */
  public double seconds() {
    return stageMillis.values().stream().mapToLong(Long::longValue).sum() / 1000.0;
  }

  /** The same with scores, and with what they depend on besides the pictures. */
  ReportCase withScores(Map<String, Double> scores, String protocol) {
    Map<String, String> extended = new LinkedHashMap<>(facts);
    extended.put("scores", protocol);
    return new ReportCase(imageId, settings, extended, outcome, sizes, stageMillis, scores, files);
  }

  /** The same with a true picture. */
  ReportCase withTruth(String uri) {
    return new ReportCase(
        imageId,
        settings,
        facts,
        outcome,
        sizes,
        stageMillis,
        metrics,
        new Pictures(files.input(), files.output(), uri));
  }

  private static <V> Map<String, V> ordered(Map<String, V> map) {
    return Collections.unmodifiableMap(new LinkedHashMap<>(map));
  }
}
