package io.stablesr.parity;

import io.stablesr.core.ErrorCode;
import io.stablesr.core.StableSrException;
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
 * @param only two-digit numbers or whole names without ending of the files to replay; empty means
 *     all
 */
public record ParityOptions(Path folder, Precision precision, int threads, Set<String> only) {
  /** Checks for missing values. */
  public ParityOptions {
    Objects.requireNonNull(folder, "folder");
    Objects.requireNonNull(precision, "precision");
    only = Set.copyOf(only);
    require(threads >= 0, "threads", threads, "0 or more");
    for (String number : only) {
      require(
          number.matches("\\d\\d|[a-z]\\w*"),
          "only",
          number,
          "two-digit numbers such as 04,07 or names such as dists");
    }
  }

  private static void require(boolean holds, String name, Object value, String range) {
    if (!holds) {
      throw new StableSrException(
          ErrorCode.CONFIG, "--%s is %s; it must be %s.".formatted(name, value, range));
    }
  }

  /** Whether a file of this name is asked for. */
  boolean includes(String fileName) {
    return only.isEmpty()
        || Replayers.number(fileName).filter(only::contains).isPresent()
        || only.contains(Replayers.withoutEnding(fileName));
  }
}
