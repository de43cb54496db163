package io.stablesr.parity;

import java.util.List;

/**
 * What replaying one file gave.
 *
 * @param file its name
 * @param outcome how it ended
 * @param checks every comparison that was made
 * @param omissions recorded tensors that were not compared; inputs are not listed
 * @param message why it was not replayed or broke off; else empty
 * @param elapsedMillis how long it took
 */
public record FileResult(
    String file,
    Outcome outcome,
    List<TensorCheck> checks,
    List<Omission> omissions,
    String message,
    long elapsedMillis) {
  /** How replaying a file ended. */
  public enum Outcome {
    /** Everything compared is within its tolerance. */
    PASS,
    /** Something is not, or nothing could be compared. */
    FAIL,
    /** Nobody here knows what the file means. */
    NOT_REPLAYED
  }

  /** Copies the lists. */
  public FileResult {
    checks = List.copyOf(checks);
    omissions = List.copyOf(omissions);
  }

  static FileResult notReplayed(String file, String reason) {
    return new FileResult(file, Outcome.NOT_REPLAYED, List.of(), List.of(), reason, 0);
  }

  /** The largest absolute error. */
  public double maxAbs() {
    return checks.stream().mapToDouble(TensorCheck::maxAbs).reduce(0, Math::max);
  }

  /** The largest relative error. */
  public double relativeL2() {
    return checks.stream().mapToDouble(TensorCheck::relativeL2).reduce(0, Math::max);
  }

  /** The comparisons that failed. */
  public List<TensorCheck> failures() {
    return checks.stream().filter(check -> !check.passed()).toList();
  }
}
