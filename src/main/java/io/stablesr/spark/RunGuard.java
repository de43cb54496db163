package io.stablesr.spark;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocatedFileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/**
 * Shows other runs of the same output folder that this one is alive, and clears away what runs left
 * that are not. Alive is whose {@code alive} file is renewed; ages are differences of the store's
 * own times, since clocks of hosts differ.
 */
final class RunGuard implements AutoCloseable {
  private static final Logger LOG = LogManager.getLogger(RunGuard.class);
  private static final String ALIVE = "alive";
  private static final long RENEWED_EVERY_SECONDS = 60;
  private static final long DEAD_AFTER_MILLIS = 600_000;

  private final Configuration hadoop;
  private final Path journals;
  private final Path rowsRoot;
  private final Path own;
  private final long deadAfterMillis;
  private final ScheduledExecutorService renewal;

  /** A guard that takes runs for dead after ten minutes without a sign of life. */
  RunGuard(Configuration hadoop, Path outputFolder, Path rowsRoot, String runId)
      throws IOException {
    this(hadoop, outputFolder, rowsRoot, runId, DEAD_AFTER_MILLIS);
  }

  RunGuard(
      Configuration hadoop, Path outputFolder, Path rowsRoot, String runId, long deadAfterMillis)
      throws IOException {
    this.hadoop = hadoop;
    this.journals = new Path(outputFolder, Journal.FOLDER);
    this.rowsRoot = rowsRoot;
    this.own = Journal.runFolder(outputFolder.toString(), runId);
    this.deadAfterMillis = deadAfterMillis;
    renew();
    renewal =
        Executors.newSingleThreadScheduledExecutor(
            work -> {
              Thread thread = new Thread(work, "stablesr-alive");
              thread.setDaemon(true);
              return thread;
            });
    var unused =
        renewal.scheduleWithFixedDelay(
            this::renewQuietly, RENEWED_EVERY_SECONDS, RENEWED_EVERY_SECONDS, TimeUnit.SECONDS);
  }

  private void renewQuietly() {
    try {
      renew();
    } catch (IOException | RuntimeException e) {
      LOG.warn("The sign of life {} cannot be renewed: {}", own, e.getMessage());
    }
  }

  private void renew() throws IOException {
    Path alive = new Path(own, ALIVE);
    FileSystem files = alive.getFileSystem(hadoop);
    files.setWriteChecksum(false);
    files.create(alive, /* overwrite */ true).close();
  }

  /**
   * After the rows of this run have been committed: removes its journal, and journals, unfinished
   * rows and unfinished uploads of rows of dead runs.
   *
   * @param needed runs whose journals have records that are not in this run's rows; they stay
   */
  void sweep(Set<String> needed) {
    try {
      renew();
      FileSystem files = journals.getFileSystem(hadoop);
      long now = files.getFileStatus(new Path(own, ALIVE)).getModificationTime();
      for (FileStatus run : files.listStatus(journals)) {
        if (!run.getPath().getName().equals(own.getName()) && isDead(files, run, now)) {
          sweepRows(run.getPath().getName());
          if (!needed.contains(run.getPath().getName().replaceFirst("^" + Journal.RUN, ""))) {
            files.delete(run.getPath(), /* recursive */ true);
          }
        }
      }
      close();
      files.delete(own, /* recursive */ true);
      removeIfEmpty(files, journals);
    } catch (IOException | RuntimeException e) {
      // Nothing is lost: the next run sweeps again.
      LOG.warn("Leftovers of earlier runs in {} stay: {}", journals, e.getMessage());
    }
  }

  private boolean isDead(FileSystem files, FileStatus run, long now) throws IOException {
    try {
      FileStatus alive = files.getFileStatus(new Path(run.getPath(), ALIVE));
      return now - alive.getModificationTime() > deadAfterMillis;
    } catch (FileNotFoundException e) {
      return now - latestChange(files, run) > deadAfterMillis;
    }
  }

  /** An object store has no times of folders, only of what is in them. */
  private static long latestChange(FileSystem files, FileStatus folder) throws IOException {
    long latest = 0;
    RemoteIterator<LocatedFileStatus> inside =
        files.listFiles(folder.getPath(), /* recursive */ true);
    while (inside.hasNext()) {
      latest = Math.max(latest, inside.next().getModificationTime());
    }
    return latest > 0 ? latest : folder.getModificationTime();
  }

  /** A run without its last mark is never read; what it left only costs space. */
  private void sweepRows(String run) throws IOException {
    Path rows = new Path(rowsRoot, run);
    FileSystem files = rows.getFileSystem(hadoop);
    if (!files.exists(rows) || files.exists(new Path(rows, "_SUCCESS"))) {
      return;
    }
    abortUploads(files, rows);
    files.delete(rows, /* recursive */ true);
  }

  private static void abortUploads(FileSystem files, Path folder) throws IOException {
    if (!files.hasPathCapability(folder, "fs.capability.multipart.uploader")) {
      return;
    }
    try (var uploader = files.createMultipartUploader(folder).build()) {
      var unused = uploader.abortUploadsUnderPath(folder).join();
    }
  }

  private static void removeIfEmpty(FileSystem files, Path folder) throws IOException {
    try {
      if (files.listStatus(folder).length == 0) {
        files.delete(folder, /* recursive */ false);
      }
    } catch (FileNotFoundException e) {
      // An object store has no empty folders.
    }
  }

  @Override
  public void close() {
    renewal.shutdownNow();
  }
}
