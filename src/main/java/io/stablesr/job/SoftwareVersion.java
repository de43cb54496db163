package io.stablesr.job;

import java.util.Optional;

/** Name and version of this program. */
public final class SoftwareVersion {
  private SoftwareVersion() {}

  /** For instance {@code stablesr-spark 0.1.0}; {@code development} when not run from the jar. */
  public static String text() {
    return "stablesr-spark "
        + Optional.ofNullable(SoftwareVersion.class.getPackage().getImplementationVersion())
            .orElse("development");
  }
}
