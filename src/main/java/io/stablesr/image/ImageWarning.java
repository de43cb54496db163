package io.stablesr.image;

import java.util.Objects;

/**
 * Something about a picture that was processed all the same.
 *
 * @param code what kind of thing; the name is stored in result rows
 * @param message one sentence
 */
public record ImageWarning(Code code, String message) {
  /** Checks that both are there. */
  public ImageWarning {
    Objects.requireNonNull(code, "code");
    Objects.requireNonNull(message, "message");
  }

  /** Kinds of warnings; a name that has been released keeps its meaning. */
  public enum Code {
    /** The file has several pictures; the first was taken. */
    FIRST_FRAME_ONLY,
    /** The embedded profile is damaged or does not fit; the colours were taken for sRGB. */
    PROFILE_IGNORED,
    /** The result is in sRGB, not in the colours of the embedded profile. */
    PROFILE_NOT_RESTORED,
    /** Part of the metadata is damaged and was left out. */
    METADATA_DAMAGED,
    /** The output format cannot hold part of the metadata. */
    METADATA_DROPPED,
    /** The output format has no transparency; the picture was painted on white. */
    ALPHA_FLATTENED
  }
}
