package io.stablesr.core;

/**
 * What kind of thing went wrong. The name is stored in result rows, so a name that has been
 * released is never reused for another meaning.
 */
public enum ErrorCode {
  /** The input does not exist. */
  INPUT_NOT_FOUND,
  /** The input exists but could not be read: the store failed or refused. */
  INPUT_READ,
  /** The input is not an image, or is damaged. */
  IMAGE_DECODE,
  /** The image is of a kind that is not supported. */
  IMAGE_UNSUPPORTED,
  /** The image is larger than a stated limit. */
  IMAGE_TOO_LARGE,
  /** The image is smaller than a stated limit. */
  IMAGE_TOO_SMALL,
  /** The output exists already and overwriting was not asked for. */
  OUTPUT_EXISTS,
  /** The output exists, made from another input or with other parameters. */
  OUTPUT_DIFFERS,
  /** The output could not be written. */
  OUTPUT_WRITE,
  /** Reading or writing took longer than the deadline of an image. */
  DEADLINE,
  /** The store or the model fails for so many images that the job was stopped. */
  BREAKER,
  /** The process died more than once while it computed this image. */
  NATIVE_CRASH,
  /** A weight file is damaged, truncated or not of a known format. */
  CHECKPOINT_CORRUPT,
  /** A weight file asks for something that is never executed here. */
  CHECKPOINT_FORBIDDEN,
  /** A weight file lacks keys, or has keys of another shape. */
  CHECKPOINT_KEYS,
  /** A setting is unknown, missing or out of range. */
  CONFIG,
  /** A manifest line cannot be used. */
  MANIFEST,
  /** Host or device memory was not enough. */
  OUT_OF_MEMORY,
  /** A result holds NaN or infinity. */
  NOT_FINITE,
  /** The tensor engine failed. */
  ENGINE,
  /** The work was interrupted from outside before it was finished. */
  CANCELLED,
  /** Anything else: a defect of this program. */
  INTERNAL;

  /**
   * Whether the cause lies outside of the image, so that another attempt may succeed. Other
   * failures are kept until a user asks for another attempt.
   */
  public boolean isTransient() {
    return switch (this) {
      case INPUT_NOT_FOUND,
          INPUT_READ,
          OUTPUT_WRITE,
          DEADLINE,
          BREAKER,
          OUT_OF_MEMORY,
          ENGINE,
          CANCELLED ->
          true;
      case IMAGE_DECODE,
          IMAGE_UNSUPPORTED,
          IMAGE_TOO_LARGE,
          IMAGE_TOO_SMALL,
          OUTPUT_EXISTS,
          OUTPUT_DIFFERS,
          NATIVE_CRASH,
          CHECKPOINT_CORRUPT,
          CHECKPOINT_FORBIDDEN,
          CHECKPOINT_KEYS,
          CONFIG,
          MANIFEST,
          NOT_FINITE,
          INTERNAL ->
          false;
    };
  }

  /**
   * Whether many such failures in a row speak of a store or a device that has failed rather than of
   * the images. An input that is not there is not one of them: manifests name files that were
   * deleted since.
   */
  public boolean isOutage() {
    return isTransient() && this != INPUT_NOT_FOUND && this != CANCELLED;
  }
}
