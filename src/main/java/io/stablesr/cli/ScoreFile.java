package io.stablesr.cli;

import io.stablesr.core.ErrorCode;
import io.stablesr.core.StableSrException;
import io.stablesr.job.CsvLine;
import io.stablesr.job.ScoreSheet;
import io.stablesr.metric.FolderScores;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/** A line of comma-separated values per picture, with what the figures depend on in each. */
final class ScoreFile implements AutoCloseable {
  private final Path path;
  private final BufferedWriter out;

  private ScoreFile(Path path, BufferedWriter out) {
    this.path = path;
    this.out = out;
  }

  /** Begins a file that must not be there. */
  static ScoreFile create(Path path) {
    try {
      return new ScoreFile(
          path,
          Files.newBufferedWriter(
              path,
              StandardCharsets.UTF_8,
              StandardOpenOption.CREATE_NEW,
              StandardOpenOption.WRITE));
    } catch (FileAlreadyExistsException e) {
      throw new StableSrException(
          ErrorCode.OUTPUT_EXISTS, "%s exists already; choose another --csv.".formatted(path), e);
    } catch (IOException e) {
      throw failure(path, e);
    }
  }

  /** The first line. */
  void head(ScoreSheet sheet) {
    add(sheet.columns().stream().<Object>map(ScoreSheet.Column::name).toList());
  }

  /** The line of a picture. */
  void add(ScoreSheet sheet, FolderScores.Row row) {
    add(sheet.values(row));
  }

  private void add(List<Object> values) {
    try {
      out.write(CsvLine.of(values));
      out.flush();
    } catch (IOException e) {
      throw failure(path, e);
    }
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
