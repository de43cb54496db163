package io.stablesr.job;

import java.io.Serializable;
import java.util.Map;

/**
 * One image as an executor gets it.
 *
 * @param id identity of the image
 * @param uri where it is read from
 * @param outputUri where its result goes
 * @param cost planned cost in units of {@link WorkCost}; at least 1
 * @param overrides settings that differ for this image, by path
 * @param inputVersion version of the input as the listing gave it: an etag, or {@code
 *     length-mtimeMillis}; empty when not known
 * @param parametersDigest digest of the {@link Parameters} of this image
 * @param bytes length of the input, 0 when not known
 * @param referenceUri where a reference picture is; empty = none
 */
public record WorkItem(
    String id,
    String uri,
    String outputUri,
    long cost,
    Map<String, String> overrides,
    String inputVersion,
    String parametersDigest,
    long bytes,
    String referenceUri)
    implements Serializable {
  /** An image whose length is not known. */
  public WorkItem(
      String id,
      String uri,
      String outputUri,
      long cost,
      Map<String, String> overrides,
      String inputVersion,
      String parametersDigest) {
    this(id, uri, outputUri, cost, overrides, inputVersion, parametersDigest, 0, "");
  }
}
