package io.stablesr.parity;

import io.stablesr.parity.FileResult.Outcome;
import java.util.List;

/** What replaying a folder gave, in the order of the file names. */
public record ParityReport(List<FileResult> files) {
  /** What has to be there. */
  public enum Coverage {
    /** Files that this build cannot replay are named and do not matter. */
    IMPLEMENTED,
    /** A file of something that this build does not have is a failure. */
    EVERYTHING
  }

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
    return exitCode(Coverage.IMPLEMENTED);
  }

  /** 0 if everything passed and is there, else 1. */
  public int exitCode(Coverage coverage) {
    boolean covered = coverage == Coverage.IMPLEMENTED || count(Outcome.NOT_IMPLEMENTED) == 0;
    return passed() && covered ? 0 : 1;
  }

  /** One line with the counts. */
  public String total() {
    String counts =
        "%d passed, %d failed, %d not replayed"
            .formatted(count(Outcome.PASS), count(Outcome.FAIL), count(Outcome.NOT_REPLAYED));
    long missing = count(Outcome.NOT_IMPLEMENTED);
    return missing == 0 ? counts : "%s, %d not implemented".formatted(counts, missing);
  }
}
