package io.stablesr.job;

import java.util.Map;
import java.util.Objects;

/**
 * One image of the input.
 *
 * @param id identity of the image; unique in a job
 * @param uri where it is, taken literally: no percent decoding
 * @param outputKey output path asked for, relative to the output folder; empty = derived from the
 *     id
 * @param overrides settings that differ for this image, by path
 */
public record ImageEntry(String id, String uri, String outputKey, Map<String, String> overrides) {
  /** Checks that nothing is missing and takes a copy of the map. */
  public ImageEntry {
    Objects.requireNonNull(id, "id");
    Objects.requireNonNull(uri, "uri");
    Objects.requireNonNull(outputKey, "outputKey");
    overrides = Map.copyOf(overrides);
  }

  /** An image without wishes of its own. */
  public static ImageEntry of(String id, String uri) {
    return new ImageEntry(id, uri, "", Map.of());
  }
}
