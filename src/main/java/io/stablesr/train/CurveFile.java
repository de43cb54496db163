package io.stablesr.train;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A CSV file {@code step,name,value}, one line per value. Lines of steps that a resumed run will
 * take again are dropped.
 */
final class CurveFile {
  private static final String HEADER = "step,name,value";

  private final Path file;

  CurveFile(Path file) {
    this.file = file;
  }

  /** Keeps the lines of steps up to {@code step}. */
  void continueAfter(long step) throws IOException {
    List<String> kept = new ArrayList<>();
    kept.add(HEADER);
    if (Files.exists(file)) {
      for (String line : Files.readAllLines(file, StandardCharsets.UTF_8)) {
        int comma = line.indexOf(',');
        if (comma > 0 && !line.equals(HEADER) && Long.parseLong(line.substring(0, comma)) <= step) {
          kept.add(line);
        }
      }
    }
    Path temporary = file.resolveSibling(file.getFileName() + ".tmp");
    Files.write(temporary, kept, StandardCharsets.UTF_8);
    Files.move(
        temporary,
        file,
        java.nio.file.StandardCopyOption.ATOMIC_MOVE,
        java.nio.file.StandardCopyOption.REPLACE_EXISTING);
  }

  void append(long step, Map<String, Double> values) throws IOException {
    List<String> lines = new ArrayList<>();
    values.forEach(
        (name, value) -> lines.add(String.format(Locale.ROOT, "%d,%s,%.7g", step, name, value)));
    Files.write(file, lines, StandardCharsets.UTF_8, StandardOpenOption.APPEND);
  }
}
