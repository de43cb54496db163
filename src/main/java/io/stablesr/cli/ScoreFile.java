package io.stablesr.cli;

import io.stablesr.core.ErrorCode;
import io.stablesr.core.StableSrException;
import io.stablesr.job.SoftwareVersion;
import io.stablesr.metric.FolderScores;
import io.stablesr.metric.MetricKind;
import io.stablesr.metric.MetricSet;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** A line of comma-separated values per picture, with what the figures depend on in each. */
final class ScoreFile implements AutoCloseable {
  private final Path path;
  private final BufferedWriter out;
  private final List<MetricKind> kinds;
  private final MetricSet.Protocol protocol;

  private ScoreFile(
      Path path, BufferedWriter out, Collection<MetricKind> kinds, MetricSet.Protocol protocol) {
    this.path = path;
    this.out = out;
    this.kinds =
        kinds.stream().filter(kind -> kind.subject() != MetricKind.Subject.FOLDERS).toList();
    this.protocol = protocol;
  }

  /** Begins a file that must not be there. */
  static ScoreFile create(Path path, Collection<MetricKind> kinds, MetricSet.Protocol protocol) {
    try {
      ScoreFile file =
          new ScoreFile(
              path,
              Files.newBufferedWriter(
                  path,
                  StandardCharsets.UTF_8,
                  StandardOpenOption.CREATE_NEW,
                  StandardOpenOption.WRITE),
              kinds,
              protocol);
      file.head();
      return file;
    } catch (FileAlreadyExistsException e) {
      throw new StableSrException(
          ErrorCode.OUTPUT_EXISTS, "%s exists already; choose another --csv.".formatted(path), e);
    } catch (IOException e) {
      throw failure(path, e);
    }
  }

  private void head() throws IOException {
    List<String> fields = new ArrayList<>(List.of("image", "height", "width"));
    kinds.forEach(kind -> fields.add(kind.label()));
    fields.addAll(List.of("error", "color", "border", "version"));
    line(fields);
  }

  void add(FolderScores.Row row) {
    List<String> fields = new ArrayList<>();
    fields.add(row.stem());
    fields.add(Integer.toString(row.height()));
    fields.add(Integer.toString(row.width()));
    for (MetricKind kind : kinds) {
      Double score = row.scores().get(kind);
      fields.add(score == null ? "" : score.toString());
    }
    fields.add(row.error().orElse(""));
    fields.add(ScoreTable.color(protocol));
    fields.add(Integer.toString(protocol.borderPixels()));
    fields.add(SoftwareVersion.text());
    try {
      line(fields);
    } catch (IOException e) {
      throw failure(path, e);
    }
  }

  private void line(List<String> fields) throws IOException {
    for (int i = 0; i < fields.size(); i++) {
      out.write(i == 0 ? "" : ",");
      out.write(quoted(fields.get(i)));
    }
    out.write("\n");
  }

  private static String quoted(String field) {
    return field.matches("[^\",\\r\\n]*") ? field : "\"" + field.replace("\"", "\"\"") + "\"";
  }

  @Override
  public void close() {
    try {
      out.close();
    } catch (IOException e) {
      throw failure(path, e);
    }
  }

  private static StableSrException failure(Path path, IOException e) {
    return new StableSrException(
        ErrorCode.OUTPUT_WRITE, "%s cannot be written: %s".formatted(path, e.getMessage()), e);
  }
}
