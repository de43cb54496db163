package io.stablesr.parity;

import io.stablesr.parity.FileResult.Outcome;
import java.util.List;

/** What replaying a folder gave, in the order of the file names. */
public record ParityReport(List<FileResult> files) {
  /** Copies the list. */
  public ParityReport {
    files = List.copyOf(files);
  }

  /** How many files ended this way. */
  public long count(Outcome outcome) {
    return files.stream().filter(file -> file.outcome() == outcome).count();
  }

  /** Whether something was compared and all of it met its tolerance. */
  public boolean passed() {
    return count(Outcome.FAIL) == 0 && count(Outcome.PASS) > 0;
  }

  /** 0 if everything passed, else 1. */
  public int exitCode() {
    return passed() ? 0 : 1;
  }

  /** One line with the counts. */
  public String total() {
    return "%d passed, %d failed, %d not replayed"
        .formatted(count(Outcome.PASS), count(Outcome.FAIL), count(Outcome.NOT_REPLAYED));
  }
}
