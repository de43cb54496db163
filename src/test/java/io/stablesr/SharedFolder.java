package io.stablesr;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The folder with recorded reference tensors and test pictures, beside the checkout. Where it is
 * missing a test is skipped on a user's machine and fails under {@code CI=true}.
 */
public final class SharedFolder {
  private SharedFolder() {}

  /** The existing path {@code ../shared/<relative>}. */
  public static Path path(String relative) {
    Path path = Path.of(System.getProperty("stablesr.shared", "../shared")).resolve(relative);
    if (!Files.exists(path) && "true".equals(System.getenv("CI"))) {
      throw new AssertionError(path.toAbsolutePath() + " is missing and CI=true");
    }
    assumeTrue(Files.exists(path), () -> path.toAbsolutePath() + " is missing");
    return path;
  }
}
