package io.stablesr.job;

import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;

/**
 * One image of the input.
 *
 * @param id identity of the image; unique in a job
 * @param uri where it is, taken literally: no percent decoding
 * @param outputKey output path asked for, relative to the output folder; empty = derived from the
 *     id
 * @param bytes length of the file, where the listing told it
 * @param version what changes when the file does: the store's etag, or {@code length-mtimeMillis};
 *     empty where the listing did not tell it
 * @param referenceUri where a reference picture of the same person or thing is; empty = none
 * @param overrides settings that differ for this image, by path
 */
public record ImageEntry(
    String id,
    String uri,
    String outputKey,
    OptionalLong bytes,
    String version,
    String referenceUri,
    Map<String, String> overrides) {
  /** Checks that nothing is missing and takes a copy of the map. */
  public ImageEntry {
    Objects.requireNonNull(id, "id");
    Objects.requireNonNull(uri, "uri");
    Objects.requireNonNull(outputKey, "outputKey");
    Objects.requireNonNull(bytes, "bytes");
    Objects.requireNonNull(version, "version");
    Objects.requireNonNull(referenceUri, "referenceUri");
    overrides = Map.copyOf(overrides);
  }

  /** An image without wishes of its own, of which nothing more is known. */
  public static ImageEntry of(String id, String uri) {
    return new ImageEntry(id, uri, "", OptionalLong.empty(), "", "", Map.of());
  }

  /** The same image, of which a listing told length and version. */
  public ImageEntry withSource(OptionalLong length, String sourceVersion) {
    return new ImageEntry(id, uri, outputKey, length, sourceVersion, referenceUri, overrides);
  }
}
