package io.stablesr.spark;

import io.stablesr.core.ErrorCode;
import io.stablesr.core.StableSrException;
import io.stablesr.job.ExistingOutput;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
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
    Path path = new Path(uri);
    try {
      FileSystem files = path.getFileSystem(hadoop);
      long length = files.getFileStatus(path).getLen();
      if (length > MAX_FILE_BYTES) {
        throw new StableSrException(
            ErrorCode.IMAGE_TOO_LARGE,
            "The file has %d bytes; the limit is %d.".formatted(length, MAX_FILE_BYTES));
      }
      try (FSDataInputStream stream = files.open(path)) {
        return stream.readAllBytes();
      }
    } catch (FileNotFoundException e) {
      throw new StableSrException(ErrorCode.INPUT_NOT_FOUND, uri + " does not exist.", e);
    } catch (IOException e) {
      throw new StableSrException(
          ErrorCode.INPUT_NOT_FOUND, "%s cannot be read: %s".formatted(uri, e.getMessage()), e);
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
        rename(files, target, content);
      }
    } catch (FileAlreadyExistsException e) {
      throw exists(uri, e);
    } catch (IOException e) {
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
    try (var stream = builder.build()) {
      stream.write(content);
    }
  }

  private void rename(FileSystem files, Path target, byte[] content) throws IOException {
    Path temporary = new Path(target.getParent(), ".%s.%s.tmp".formatted(target.getName(), runId));
    try {
      try (var stream = files.create(temporary, /* overwrite */ true)) {
        stream.write(content);
      }
      if (!files.rename(temporary, target)) {
        // HDFS does not replace; what is there may go, or publish() would not have come here.
        files.delete(target, /* recursive */ false);
        if (!files.rename(temporary, target)) {
          throw new IOException("the finished file cannot be renamed to its place");
        }
      }
    } finally {
      files.delete(temporary, /* recursive */ false);
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
