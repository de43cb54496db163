package io.stablesr.job;

import java.io.Serializable;
import java.util.Map;

/**
 * One image as an executor gets it.
 *
 * @param id identity of the image
 * @param uri where it is read from
 * @param outputUri where its result goes
 * @param cost planned cost, in pixels of the output; at least 1
 * @param overrides settings that differ for this image, by path
 * @param inputVersion version of the input as the listing gave it; empty when not known
 * @param parametersDigest digest of the {@link Parameters} of this image
 */
public record WorkItem(
    String id,
    String uri,
    String outputUri,
    long cost,
    Map<String, String> overrides,
    String inputVersion,
    String parametersDigest)
    implements Serializable {}
