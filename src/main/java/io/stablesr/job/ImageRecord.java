package io.stablesr.job;

import com.google.gson.Gson;
import java.io.Serializable;
import java.util.Objects;
import java.util.Optional;

/**
 * What is known of an image from an earlier run or an earlier attempt. A finished image leaves one
 * in the journal <em>before</em> its output is published: it counts as finished when the record is
 * there and the output has the recorded size, so there is no moment at which a dying process leaves
 * an output that nobody recognises.
 *
 * @param imageId identity of the image
 * @param inputUri where it was read from
 * @param outputUri where its result goes
 * @param inputVersion version of the input as the listing gave it (etag, or length and time); empty
 *     when not known
 * @param parametersDigest digest of {@link Parameters}
 * @param status DONE or FAILED
 * @param error code and sentence of a failure; null for DONE
 * @param result figures
 */
public record ImageRecord(
    String imageId,
    String inputUri,
    String outputUri,
    String inputVersion,
    String parametersDigest,
    RowStatus status,
    ResultRow.Failure error,
    ImageResult result)
    implements Serializable {
  private static final Gson GSON = new Gson();

  /** Checks that nothing is missing. */
  public ImageRecord {
    Objects.requireNonNull(imageId, "imageId");
    Objects.requireNonNull(inputUri, "inputUri");
    Objects.requireNonNull(outputUri, "outputUri");
    Objects.requireNonNull(inputVersion, "inputVersion");
    Objects.requireNonNull(parametersDigest, "parametersDigest");
    Objects.requireNonNull(status, "status");
    Objects.requireNonNull(result, "result");
  }

  /** One line of JSON. */
  public String toJson() {
    return GSON.toJson(this);
  }

  /** Reads what {@link #toJson} wrote; empty when it is cut short or of another version. */
  public static Optional<ImageRecord> parse(String json) {
    try {
      return Optional.ofNullable(GSON.fromJson(json, ImageRecord.class));
    } catch (RuntimeException e) {
      // Besides its own exceptions, Gson passes on what a record's constructor throws.
      return Optional.empty();
    }
  }

  /** Whether this record is about the same input and the same parameters. */
  public boolean matches(WorkItem item) {
    return parametersDigest.equals(item.parametersDigest())
        && outputUri.equals(item.outputUri())
        && (inputVersion.isEmpty()
            || item.inputVersion().isEmpty()
            || inputVersion.equals(item.inputVersion()));
  }
}
