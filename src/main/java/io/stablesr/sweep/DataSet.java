package io.stablesr.sweep;

import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * A set of low-quality pictures, with or without their true ones.
 *
 * @param name its name in the table
 * @param folders where it may lie, the first that exists counts; it has one of {@link #LOW_NAMES}
 *     in it and, with true pictures, one of {@link #REFERENCE_NAMES}
 * @param low folder of the low-quality pictures where that is said outright
 * @param reference folder of the true pictures where that is said outright
 * @param presence what it means that it is not there
 */
public record DataSet(
    String name,
    List<String> folders,
    Optional<String> low,
    Optional<String> reference,
    Presence presence) {
  /** Names of the folder of low-quality pictures in released sets. */
  public static final List<String> LOW_NAMES = List.of("lq", "test_LR", "LR");

  /** Names of the folder of true pictures in released sets. */
  public static final List<String> REFERENCE_NAMES = List.of("gt", "test_HR", "HR");

  /** What it means that a set is not there. */
  public enum Presence {
    /** The sweep cannot run. */
    REQUIRED,
    /** The set is left out. */
    OPTIONAL
  }

  /** Copies the list. */
  public DataSet {
    Objects.requireNonNull(name, "name");
    folders = List.copyOf(folders);
    Objects.requireNonNull(presence, "presence");
    if (folders.isEmpty() == low.isEmpty()) {
      throw SweepFileReader.error("The data set %s needs either path or low.".formatted(name));
    }
  }
}
