package io.stablesr.job;

import io.stablesr.core.ErrorCode;
import io.stablesr.restore.UpscaleOptions;
import java.io.Serializable;
import java.util.Objects;
import java.util.Optional;

/**
 * The record of one image in one run.
 *
 * @param item what was asked for
 * @param status what became of it
 * @param error what went wrong or why it was skipped; empty for DONE
 * @param options the options asked for
 * @param result figures of the work
 */
public record ResultRow(
    WorkItem item,
    RowStatus status,
    Optional<Failure> error,
    UpscaleOptions options,
    ImageResult result) {
  /** Checks that nothing is missing. */
  public ResultRow {
    Objects.requireNonNull(item, "item");
    Objects.requireNonNull(status, "status");
    Objects.requireNonNull(error, "error");
    Objects.requireNonNull(options, "options");
    Objects.requireNonNull(result, "result");
  }

  /** The row of an image that an earlier run or attempt has dealt with, with its figures. */
  public static ResultRow of(WorkItem item, ImageRecord record, UpscaleOptions options) {
    return new ResultRow(
        item, record.status(), Optional.ofNullable(record.error()), options, record.result());
  }

  /** What is kept of this row for later runs. */
  public ImageRecord record() {
    return new ImageRecord(
        item.id(),
        item.uri(),
        item.outputUri(),
        item.inputVersion(),
        item.parametersDigest(),
        status,
        error.orElse(null),
        result);
  }

  /**
   * Why there is no result.
   *
   * @param code kind of failure
   * @param message one line of at most {@value #MAX_LENGTH} characters
   */
  public record Failure(ErrorCode code, String message) implements Serializable {
    /** Longest message that is kept. */
    public static final int MAX_LENGTH = 500;

    /** Makes one line of the message and cuts it. */
    public Failure {
      Objects.requireNonNull(code, "code");
      // What follows '?' in a URL may be a signature that grants access.
      String line =
          message.replaceAll("(https?://[^\\s?]*)\\?\\S*", "$1").replaceAll("\\s+", " ").strip();
      message = line.length() <= MAX_LENGTH ? line : line.substring(0, MAX_LENGTH - 1) + "…";
    }
  }
}
