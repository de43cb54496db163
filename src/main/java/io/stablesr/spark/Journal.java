package io.stablesr.spark;

import io.stablesr.core.Digests;
import io.stablesr.core.ErrorCode;
import io.stablesr.core.StableSrException;
import io.stablesr.job.ImageRecord;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * What a running job leaves behind for the case that it dies: a small file per finished image, and
 * a mark per image that was being computed when a task was started again. Folder {@code
 * _journal/run_id=...} of the output; removed when the rows of the run have been committed.
 */
final class Journal {
  static final String FOLDER = "_journal";

  /** Beginning of the names of the folders in it. */
  static final String RUN = "run_id=";

  private static final String RECORDS = "images";
  private static final String MARKS = "attempts";

  private final Configuration hadoop;
  private final Path run;
  private final StoreRetry retry;

  /** The journal of one run. */
  Journal(Configuration hadoop, String outputFolder, String runId, StoreRetry retry) {
    this.hadoop = hadoop;
    this.run = runFolder(outputFolder, runId);
    this.retry = retry;
  }

  static Path runFolder(String outputFolder, String runId) {
    return new Path(new Path(outputFolder, FOLDER), RUN + runId);
  }

  /** Where a task keeps files that are not complete yet; swept with the journal. */
  static Path scratch(String outputFolder, String runId) {
    return new Path(runFolder(outputFolder, runId), "scratch");
  }

  /** Whether a path below the journals is a record. */
  static boolean isRecord(Path path) {
    return path.getParent().getParent().getName().equals(RECORDS)
        && path.getName().endsWith(".json");
  }

  /** Keeps a record; to be called before the output is published. */
  void write(ImageRecord record) {
    put(recordPath(record.imageId()), record.toJson());
  }

  /** The record of an image that an earlier attempt has finished. */
  Optional<ImageRecord> find(String imageId) {
    return get(recordPath(imageId))
        .flatMap(ImageRecord::parse)
        .filter(record -> record.imageId().equals(imageId));
  }

  /** The record of an image that another run, which works at the same time, has finished. */
  Optional<ImageRecord> findOfTwin(String imageId) {
    Path journals = run.getParent();
    try {
      for (FileStatus other :
          retry.run(() -> journals.getFileSystem(hadoop).listStatus(journals))) {
        Optional<ImageRecord> record =
            get(path(other.getPath(), RECORDS, imageId, ".json")).flatMap(ImageRecord::parse);
        if (record.isPresent()) {
          return record;
        }
      }
      return Optional.empty();
    } catch (FileNotFoundException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw failed(journals, e);
    }
  }

  /** Notes that this image is about to be computed; returns how often that was noted before. */
  int mark(String imageId) {
    Path path = path(run, MARKS, imageId, "");
    int before = get(path).map(Journal::count).orElse(0);
    put(path, Integer.toString(before + 1));
    return before;
  }

  /** The image has been computed, and the process is still there. */
  void unmark(String imageId) {
    Path path = path(run, MARKS, imageId, "");
    try {
      retry.run(() -> path.getFileSystem(hadoop).delete(path, /* recursive */ false));
    } catch (IOException e) {
      throw failed(path, e);
    }
  }

  private static int count(String text) {
    return text.matches("\\d{1,6}") ? Integer.parseInt(text) : 0;
  }

  private Path recordPath(String imageId) {
    return path(run, RECORDS, imageId, ".json");
  }

  /** Object stores share their load by the start of the key, so it is spread. */
  private static Path path(Path run, String kind, String imageId, String ending) {
    String name = Digests.sha256(imageId).substring(0, 40);
    return new Path(run, "%s/%s/%s%s".formatted(kind, name.substring(0, 2), name, ending));
  }

  private void put(Path path, String text) {
    try {
      retry.run(
          () -> {
            FileSystem files = path.getFileSystem(hadoop);
            files.setWriteChecksum(false);
            try (FSDataOutputStream stream = files.create(path, /* overwrite */ true)) {
              stream.write(text.getBytes(StandardCharsets.UTF_8));
            }
            return path;
          });
    } catch (IOException e) {
      throw failed(path, e);
    }
  }

  private Optional<String> get(Path path) {
    try {
      return retry.run(() -> read(path.getFileSystem(hadoop), path));
    } catch (IOException e) {
      throw failed(path, e);
    }
  }

  static Optional<String> read(FileSystem files, Path path) throws IOException {
    try (FSDataInputStream stream = files.open(path)) {
      return Optional.of(new String(stream.readAllBytes(), StandardCharsets.UTF_8));
    } catch (FileNotFoundException e) {
      return Optional.empty();
    }
  }

  private static StableSrException failed(Path path, IOException e) {
    return new StableSrException(
        ErrorCode.OUTPUT_WRITE,
        "The journal %s cannot be used: %s".formatted(path, e.getMessage()),
        e);
  }
}
