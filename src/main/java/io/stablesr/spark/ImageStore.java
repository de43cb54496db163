package io.stablesr.spark;

import io.stablesr.core.ErrorCode;
import io.stablesr.core.StableSrException;
import io.stablesr.job.ExistingOutput;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FSDataOutputStreamBuilder;
import org.apache.hadoop.fs.FileAlreadyExistsException;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** Reads inputs and publishes outputs through Hadoop's file systems. */
final class ImageStore {
  /** Larger files cannot be held in one Java array. */
  private static final long MAX_FILE_BYTES = 1L << 30;

  private final Configuration hadoop;
  private final String runId;

  /**
   * @param runId makes temporary names of different runs differ
   */
  ImageStore(Configuration hadoop, String runId) {
    this.hadoop = hadoop;
    this.runId = runId;
  }

  /** The whole file. */
  byte[] read(String uri) {
    try {
      Path path = new Path(uri);
      FileSystem files = path.getFileSystem(hadoop);
      long length = length(files, path);
      if (length > MAX_FILE_BYTES) {
        throw new StableSrException(
            ErrorCode.IMAGE_TOO_LARGE,
            "The file has %d bytes; the limit is %d.".formatted(length, MAX_FILE_BYTES));
      }
      try (FSDataInputStream stream = files.open(path)) {
        return stream.readAllBytes();
      }
    } catch (IOException e) {
      throw new StableSrException(
          ErrorCode.INPUT_READ, "%s cannot be read: %s".formatted(uri, e.getMessage()), e);
    }
  }

  /** Only here does not found mean that: on a local disk, opening says so without permission. */
  private static long length(FileSystem files, Path path) throws IOException {
    try {
      return files.getFileStatus(path).getLen();
    } catch (FileNotFoundException e) {
      throw new StableSrException(ErrorCode.INPUT_NOT_FOUND, path + " does not exist.", e);
    }
  }

  /** A stream of the file's start, for reading its header. */
  InputStream open(String uri) throws IOException {
    Path path = new Path(uri);
    return path.getFileSystem(hadoop).open(path);
  }

  /** Whether there is something at this place. */
  boolean exists(String uri) {
    Path path = new Path(uri);
    try {
      return path.getFileSystem(hadoop).exists(path);
    } catch (IOException e) {
      throw new StableSrException(
          ErrorCode.OUTPUT_WRITE, "%s cannot be looked up: %s".formatted(uri, e.getMessage()), e);
    }
  }

  /**
   * Puts a complete file at its place, so that no reader ever sees half of it.
   *
   * @throws StableSrException {@link ErrorCode#OUTPUT_EXISTS} when something is there and must
   *     stay, {@link ErrorCode#OUTPUT_WRITE} when it cannot be written
   */
  void publish(String uri, byte[] content, ExistingOutput existing) {
    Path target = new Path(uri);
    try {
      FileSystem files = target.getFileSystem(hadoop);
      // Otherwise every picture gets a hidden .crc file beside it on a local disk.
      files.setWriteChecksum(false);
      if (existing == ExistingOutput.SKIP && files.exists(target)) {
        throw exists(uri, null);
      }
      if (isObjectStore(target)) {
        put(files, target, content, existing);
      } else {
        rename(files, target, content, existing);
      }
    } catch (IOException e) {
      if (e instanceof FileAlreadyExistsException && existing == ExistingOutput.SKIP) {
        throw exists(uri, e);
      }
      throw new StableSrException(
          ErrorCode.OUTPUT_WRITE, "%s cannot be written: %s".formatted(uri, e.getMessage()), e);
    }
  }

  /** An object appears when its upload is complete; renaming would copy it. */
  private static void put(FileSystem files, Path target, byte[] content, ExistingOutput existing)
      throws IOException {
    String conditional = "fs.option.create.conditional.overwrite";
    FSDataOutputStreamBuilder<?, ?> builder = files.createFile(target);
    builder.recursive();
    if (existing == ExistingOutput.SKIP && files.hasPathCapability(target, conditional)) {
      builder.overwrite(true);
      builder.opt(conditional, true);
    } else {
      builder.overwrite(existing == ExistingOutput.REPLACE);
    }
    try (FSDataOutputStream stream = builder.build()) {
      try {
        stream.write(content);
      } catch (IOException | RuntimeException | Error e) {
        // Closing alone would complete the upload with what has been written so far.
        abort(stream, e);
        throw e;
      }
    }
  }

  private static void abort(FSDataOutputStream stream, Throwable reason) {
    try {
      stream.abort();
    } catch (UnsupportedOperationException e) {
      // A store that cannot abort does not need to: nothing was visible to begin with.
    } catch (RuntimeException e) {
      reason.addSuppressed(e);
    }
  }

  private void rename(FileSystem files, Path target, byte[] content, ExistingOutput existing)
      throws IOException {
    Path temporary = new Path(target.getParent(), ".%s.%s.tmp".formatted(target.getName(), runId));
    try {
      try (var stream = files.create(temporary, /* overwrite */ true)) {
        stream.write(content);
      }
      requireFree(files, target, existing);
      if (!files.rename(temporary, target)) {
        replace(files, temporary, target, existing);
      }
    } catch (IOException | RuntimeException | Error e) {
      discard(files, temporary, e);
      throw e;
    }
  }

  /** For stores that do not replace when they rename, such as HDFS. */
  private static void replace(
      FileSystem files, Path temporary, Path target, ExistingOutput existing) throws IOException {
    requireFree(files, target, existing);
    files.delete(target, /* recursive */ false);
    if (!files.rename(temporary, target)) {
      throw new IOException("the finished file cannot be renamed to its place");
    }
  }

  /**
   * Checked after writing, which takes long: a local disk would replace what came in the meantime.
   */
  private static void requireFree(FileSystem files, Path target, ExistingOutput existing)
      throws IOException {
    if (existing == ExistingOutput.SKIP && files.exists(target)) {
      throw new FileAlreadyExistsException(target + " was put there in the meantime");
    }
    requireNoFolder(files, target);
  }

  /** Renaming to a folder would move the file into it. */
  private static void requireNoFolder(FileSystem files, Path target) throws IOException {
    boolean folder;
    try {
      folder = files.getFileStatus(target).isDirectory();
    } catch (FileNotFoundException e) {
      folder = false;
    }
    if (folder) {
      throw new IOException("there is a folder of this name");
    }
  }

  private static void discard(FileSystem files, Path temporary, Throwable reason) {
    try {
      files.delete(temporary, /* recursive */ false);
    } catch (IOException | RuntimeException e) {
      reason.addSuppressed(e);
    }
  }

  private static boolean isObjectStore(Path path) {
    String scheme = path.toUri().getScheme();
    return "s3a".equals(scheme) || "s3".equals(scheme) || "s3n".equals(scheme);
  }

  private static StableSrException exists(String uri, Throwable cause) {
    return new StableSrException(
        ErrorCode.OUTPUT_EXISTS,
        "%s exists; set output.overwrite to replace it.".formatted(uri),
        cause);
  }
}
