package io.stablesr.job;

import io.stablesr.core.ErrorCode;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.Set;

/**
 * What earlier runs left behind: their records and the sizes of the outputs that are there. Decides
 * for each image whether there is anything to do.
 */
public final class Ledger {
  private final Map<String, ImageRecord> records = new HashMap<>();
  private final OutputSizes outputs;
  private final ExistingOutput existingOutput;
  private final FailedImages failedImages;

  /** Sizes of what is at the places of the outputs. */
  @FunctionalInterface
  public interface OutputSizes {
    /** Bytes of the file at this place; empty when there is none. */
    OptionalLong bytes(String outputUri);
  }

  /** What becomes of an image that failed before, for a reason of its own. */
  public enum FailedImages {
    /** It stays failed, with its original row. */
    KEEP,
    /** It is tried again. */
    RETRY
  }

  /** What to do with an image. */
  public sealed interface Decision {
    /** It has to be computed. */
    record Compute() implements Decision {}

    /** Another run has dealt with it; its record makes the row. */
    record Keep(ImageRecord record) implements Decision {}

    /** Something else is at the place of its output. */
    record Skip(ResultRow.Failure reason) implements Decision {}
  }

  /** A ledger without records. */
  public Ledger(OutputSizes outputs, ExistingOutput existingOutput, FailedImages failedImages) {
    this.outputs = Objects.requireNonNull(outputs, "outputs");
    this.existingOutput = Objects.requireNonNull(existingOutput, "existingOutput");
    this.failedImages = Objects.requireNonNull(failedImages, "failedImages");
  }

  /** Adds a record; of several for one image the last finished counts. */
  public void add(ImageRecord record) {
    records.merge(record.imageId(), record, Ledger::later);
  }

  private static ImageRecord later(ImageRecord a, ImageRecord b) {
    return b.result().origin().finishedAtMillis() >= a.result().origin().finishedAtMillis() ? b : a;
  }

  /** What to do with an image. */
  public Decision decide(WorkItem item) {
    ImageRecord record = records.get(item.id());
    OptionalLong present = outputs.bytes(item.outputUri());
    if (record != null && record.matches(item)) {
      if (record.status() == RowStatus.DONE && present.isPresent()) {
        if (present.getAsLong() == record.result().outputBytes()) {
          return new Decision.Keep(record);
        }
      } else if (record.status() == RowStatus.FAILED
          && failedImages == FailedImages.KEEP
          && !record.error().code().isTransient()) {
        return new Decision.Keep(record);
      } else if (record.status() == RowStatus.FAILED && mayBeThere(record.error().code())) {
        return new Decision.Compute();
      }
    }
    if (present.isEmpty() || existingOutput == ExistingOutput.REPLACE) {
      return new Decision.Compute();
    }
    return new Decision.Skip(occupied(item, record, present.getAsLong()));
  }

  /** Drops the record of an image whose row in the present run says as much. */
  public void forget(WorkItem item) {
    records.remove(item.id());
  }

  /** The runs that computed what the records still here are about. */
  public Set<String> runs() {
    Set<String> runs = new HashSet<>();
    for (ImageRecord record : records.values()) {
      if (record.status() == RowStatus.DONE) {
        runs.add(record.result().origin().runId());
      }
    }
    return runs;
  }

  /**
   * Whether an image with this failure may have got to its place all the same: its upload was done,
   * but nobody heard of it. Publishing compares the bytes.
   */
  private static boolean mayBeThere(ErrorCode code) {
    return code == ErrorCode.OUTPUT_WRITE || code == ErrorCode.DEADLINE;
  }

  private static ResultRow.Failure occupied(WorkItem item, ImageRecord record, long bytes) {
    if (record == null || record.status() != RowStatus.DONE) {
      return new ResultRow.Failure(
          ErrorCode.OUTPUT_EXISTS,
          "%s exists and no record says how it was made; set output.overwrite (--overwrite) to replace it."
              .formatted(item.outputUri()));
    }
    String difference =
        !record.parametersDigest().equals(item.parametersDigest())
            ? "was made with other parameters (%s, now %s)"
                .formatted(record.parametersDigest(), item.parametersDigest())
            : bytes != record.result().outputBytes()
                ? "has %d bytes instead of the %d that were written"
                    .formatted(bytes, record.result().outputBytes())
                : "was made from an earlier version of the input (%s, now %s)"
                    .formatted(record.inputVersion(), item.inputVersion());
    return new ResultRow.Failure(
        ErrorCode.OUTPUT_DIFFERS,
        "%s %s; set output.overwrite (--overwrite) to replace it or choose another output folder."
            .formatted(item.outputUri(), difference));
  }
}
