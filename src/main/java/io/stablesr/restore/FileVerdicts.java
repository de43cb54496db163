package io.stablesr.restore;

import io.stablesr.core.Digests;
import io.stablesr.restore.ModelDescription.BundleFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * Remembers on disk which weight files have been hashed and found right, so that one of several
 * gigabytes is hashed once per host and not at every start. A verdict holds for a path, a length, a
 * modification time and an expected digest; if any of these differs the file is hashed again.
 */
final class FileVerdicts {
  private final Path folder;
  private final Digest digest;

  /** Computes the SHA-256 of a file. */
  interface Digest {
    String of(Path file) throws IOException;
  }

  /**
   * @param folder where verdicts are kept; it may be missing, read-only or emptied at any time
   */
  FileVerdicts(Path folder, Digest digest) {
    this.folder = folder;
    this.digest = digest;
  }

  /** Whether a file has the length and digest it should have. */
  boolean matches(Path file, BundleFile expected) throws IOException {
    if (Files.size(file) != expected.bytes()) {
      return false;
    }
    String facts = facts(file, expected);
    Path verdict = verdict(file, expected);
    if (isKnown(verdict, facts)) {
      return true;
    }
    if (!digest.of(file).equals(expected.sha256())) {
      return false;
    }
    // A file that was changed while it was hashed is not vouched for.
    if (facts(file, expected).equals(facts)) {
      remember(verdict, facts);
    }
    return true;
  }

  private static String facts(Path file, BundleFile expected) throws IOException {
    return "%s\n%d bytes\nmodified %s\nsha256 %s\n"
        .formatted(
            file.toRealPath(),
            Files.size(file),
            Files.getLastModifiedTime(file),
            expected.sha256());
  }

  private Path verdict(Path file, BundleFile expected) throws IOException {
    String name = Digests.sha256(file.toRealPath() + "\n" + expected.sha256());
    return folder.resolve(name + ".txt");
  }

  private static boolean isKnown(Path verdict, String facts) {
    try {
      return Files.readString(verdict).equals(facts);
    } catch (IOException e) {
      // Not there, or not readable: the file is hashed.
      return false;
    }
  }

  private void remember(Path verdict, String facts) {
    try {
      Files.createDirectories(folder);
      Path temporary = Files.createTempFile(folder, "verdict", ".tmp");
      try {
        Files.writeString(temporary, facts);
        Files.move(temporary, verdict, StandardCopyOption.ATOMIC_MOVE);
      } finally {
        Files.deleteIfExists(temporary);
      }
    } catch (IOException e) {
      // Without a writable cache folder every start hashes; nothing else changes.
    }
  }
}
