package io.stablesr.job;

import io.stablesr.core.ErrorCode;
import io.stablesr.restore.UpscaleOptions;
import java.util.Map;
import java.util.Optional;

/**
 * The record of one image in one run.
 *
 * @param item what was asked for
 * @param status what became of it
 * @param error what went wrong or why it was skipped; empty for OK
 * @param options the options used; empty when they could not be read
 * @param sizes sizes and counts of the work
 * @param modelId name and weights digest of the model; empty when nothing was computed
 * @param stageMillis elapsed milliseconds per stage in the order the stages ran
 */
public record ResultRow(
    WorkItem item,
    RowStatus status,
    Optional<Failure> error,
    UpscaleOptions options,
    Sizes sizes,
    String modelId,
    Map<String, Long> stageMillis) {

  /**
   * Why there is no result.
   *
   * @param code kind of failure
   * @param message one line of at most {@value #MAX_LENGTH} characters
   */
  public record Failure(ErrorCode code, String message) {
    /** Longest message that is kept. */
    public static final int MAX_LENGTH = 500;

    /** Makes one line of the message and cuts it. */
    public Failure {
      // What follows '?' in a URL may be a signature that grants access.
      String line =
          message.replaceAll("(https?://[^\\s?]*)\\?\\S*", "$1").replaceAll("\\s+", " ").strip();
      message = line.length() <= MAX_LENGTH ? line : line.substring(0, MAX_LENGTH - 1) + "…";
    }
  }

  /**
   * Sizes in pixels and counts; 0 where not known.
   *
   * @param inputWidth width of the input after its orientation was applied
   * @param inputHeight height of the input
   * @param outputWidth width of the result
   * @param outputHeight height of the result
   * @param tiles latent tiles per step
   * @param networkCalls tile evaluations in all
   */
  public record Sizes(
      int inputWidth,
      int inputHeight,
      int outputWidth,
      int outputHeight,
      int tiles,
      int networkCalls) {
    /** Nothing is known. */
    public static final Sizes UNKNOWN = new Sizes(0, 0, 0, 0, 0, 0);
  }
}
