package io.stablesr.core;

import java.util.Objects;

/**
 * The one exception of this project. The message is a sentence for the user: it names the value,
 * the limit and what to do; the code says which kind of failure it is.
 */
public final class StableSrException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final ErrorCode code;

  /** An error with a message for the user. */
  public StableSrException(ErrorCode code, String message) {
    super(message);
    this.code = Objects.requireNonNull(code, "code");
  }

  /** An error with a message for the user and the exception that led to it. */
  public StableSrException(ErrorCode code, String message, Throwable cause) {
    super(message, cause);
    this.code = Objects.requireNonNull(code, "code");
  }

  /** The kind of failure. */
  public ErrorCode code() {
    return code;
  }
}
