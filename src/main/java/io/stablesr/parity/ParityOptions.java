package io.stablesr.parity;

import io.stablesr.engine.Precision;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Set;

/**
 * What is replayed and how.
 *
 * @param folder recorded files and weights
 * @param precision of the networks
 * @param threads threads inside a native call; 0 leaves the choice to the engine
 * @param only two-digit numbers of the files to replay; empty means all
 */
public record ParityOptions(Path folder, Precision precision, int threads, Set<String> only) {
  /** Checks for missing values. */
  public ParityOptions {
    Objects.requireNonNull(folder, "folder");
    Objects.requireNonNull(precision, "precision");
    only = Set.copyOf(only);
    if (threads < 0) {
      throw new IllegalArgumentException("threads is " + threads);
    }
  }

  /** Whether files with this number are asked for. */
  boolean includes(String number) {
    return only.isEmpty() || only.contains(number);
  }
}
