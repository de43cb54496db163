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
 * @param bytes length of the input, 0 where it is not known
 * @param version what changes when the input does: an etag, or {@code length-mtimeMillis}; empty
 *     where it is not known
 * @param referenceUri where a reference picture is; empty = none
 * @param overrides settings that differ for this image, by path
 */
public record WorkItem(
    String id,
    String uri,
    String outputUri,
    long cost,
    long bytes,
    String version,
    String referenceUri,
    Map<String, String> overrides)
    implements Serializable {
  /** An image of which nothing more is known. */
  public WorkItem(
      String id, String uri, String outputUri, long cost, Map<String, String> overrides) {
    this(id, uri, outputUri, cost, 0, "", "", overrides);
  }
}
