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
  /** The output exists already and overwriting was not asked for. */
  OUTPUT_EXISTS,
  /** The output could not be written. */
  OUTPUT_WRITE,
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
  INTERNAL
}
