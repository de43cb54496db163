package io.stablesr.image;

import java.util.Objects;

/**
 * What of a source survives in its result.
 *
 * @param bits bits per sample; JPEG always has 8
 * @param metadata EXIF, XMP, IPTC and texts
 * @param profile the colour profile
 */
public record OutputFidelity(OutputBits bits, MetadataPolicy metadata, ProfilePolicy profile) {
  /** Checks that nothing is missing. */
  public OutputFidelity {
    Objects.requireNonNull(bits, "bits");
    Objects.requireNonNull(metadata, "metadata");
    Objects.requireNonNull(profile, "profile");
  }

  /** Everything that the format can hold. */
  public static OutputFidelity full() {
    return new OutputFidelity(OutputBits.AUTO, MetadataPolicy.KEEP, ProfilePolicy.KEEP);
  }
}
