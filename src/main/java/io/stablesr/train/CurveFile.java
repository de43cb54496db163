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
 * A CSV file {@code step,name,value}, one line per value, and the same for TensorBoard. Lines of
 * steps that a resumed run will take again are dropped.
 */
final class CurveFile {
  private static final String HEADER = "step,name,value";

  private final Path file;
  private final EventFile events;

  CurveFile(Path file, EventFile events) {
    this.file = file;
    this.events = events;
  }

  /** Keeps the lines of steps up to {@code step}. */
  void continueAfter(long step) throws IOException {
    events.begin();
    List<String> kept = new ArrayList<>();
    kept.add(HEADER);
    if (Files.exists(file)) {
      for (String line : Files.readAllLines(file, StandardCharsets.UTF_8)) {
        String[] parts = line.split(",", 3);
        if (parts.length == 3 && !line.equals(HEADER) && Long.parseLong(parts[0]) <= step) {
          kept.add(line);
          events.append(Long.parseLong(parts[0]), Map.of(parts[1], Double.valueOf(parts[2])));
        }
      }
    }
    ReplacedFile.write(file, temporary -> Files.write(temporary, kept, StandardCharsets.UTF_8));
  }

  void append(long step, Map<String, Double> values) throws IOException {
    List<String> lines = new ArrayList<>();
    values.forEach(
        (name, value) -> lines.add(String.format(Locale.ROOT, "%d,%s,%.7g", step, name, value)));
    Files.write(file, lines, StandardCharsets.UTF_8, StandardOpenOption.APPEND);
    events.append(step, values);
  }
}
