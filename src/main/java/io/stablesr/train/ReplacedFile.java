package io.stablesr.train;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** Files that are replaced at once, so that none is ever seen half-written. */
final class ReplacedFile {
  /** Writes a whole file. */
  interface Writer {
    void write(Path file) throws IOException;
  }

  private ReplacedFile() {}

  /** Writes beside {@code file} and puts it in its place. */
  static void write(Path file, Writer writer) throws IOException {
    Path temporary = file.resolveSibling(file.getFileName() + ".tmp");
    writer.write(temporary);
    Files.move(
        temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  /** Writes a text in UTF-8. */
  static void writeText(Path file, String text) throws IOException {
    write(file, temporary -> Files.writeString(temporary, text, StandardCharsets.UTF_8));
  }
}
