package io.stablesr.job;

/** What happens to an output that is already there. */
public enum ExistingOutput {
  /** It stays, and its image is skipped. */
  SKIP,
  /** It is replaced when the new one is complete. */
  REPLACE
}
