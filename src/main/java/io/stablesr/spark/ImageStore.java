package io.stablesr.spark;

import io.stablesr.core.Digests;
import io.stablesr.core.ErrorCode;
import io.stablesr.core.StableSrException;
import io.stablesr.job.ExistingOutput;
import io.stablesr.job.ResultFile;
import java.io.EOFException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.util.OptionalLong;
import java.util.function.UnaryOperator;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FSDataOutputStreamBuilder;
import org.apache.hadoop.fs.FileAlreadyExistsException;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** Reads inputs and publishes outputs through Hadoop's file systems. */
final class ImageStore {
  /** Larger files cannot be held in one Java array. */
  private static final long MAX_FILE_BYTES = 1L << 30;

  private final Configuration hadoop;
  private final UnaryOperator<Path> temporary;
  private final StoreRetry retry;

  /**
   * A store whose temporary files lie beside their targets.
   *
   * @param writer makes temporary names of different runs and tasks differ
   * @param retry how often what a store refuses for the moment is tried again
   */
  ImageStore(Configuration hadoop, String writer, StoreRetry retry) {
    this(
        hadoop,
        target -> new Path(target.getParent(), ".%s.%s.tmp".formatted(target.getName(), writer)),
        retry);
  }

  /**
   * A store whose temporary files lie in a folder that is swept when their writer has died.
   *
   * @param scratch on the same file system as the targets
   * @param writer makes temporary names of different tasks differ
   * @param retry how often what a store refuses for the moment is tried again
   */
  ImageStore(Configuration hadoop, Path scratch, String writer, StoreRetry retry) {
    this(
        hadoop,
        target ->
            new Path(
                scratch,
                "%s-%s".formatted(Digests.sha256(target.toString()).substring(0, 40), writer)),
        retry);
  }

  private ImageStore(Configuration hadoop, UnaryOperator<Path> temporary, StoreRetry retry) {
    this.hadoop = hadoop;
    this.temporary = temporary;
    this.retry = retry;
  }

  /** The whole file. */
  byte[] read(String uri) {
    try {
      return retry.run(() -> readOnce(uri));
    } catch (IOException e) {
      throw new StableSrException(
          ErrorCode.INPUT_READ, "%s cannot be read: %s".formatted(uri, e.getMessage()), e);
    }
  }

  private byte[] readOnce(String uri) throws IOException {
    Path path = new Path(uri);
    FileSystem files = path.getFileSystem(hadoop);
    long length = length(files, path);
    if (length > MAX_FILE_BYTES) {
      throw new StableSrException(
          ErrorCode.IMAGE_TOO_LARGE,
          "The file has %d bytes; the limit is %d.".formatted(length, MAX_FILE_BYTES));
    }
    try (FSDataInputStream stream = files.open(path)) {
      byte[] content = stream.readAllBytes();
      if (content.length != length) {
        // A connection that breaks may look like the end of the file.
        throw new EOFException("%s gave %d of %d bytes".formatted(uri, content.length, length));
      }
      return content;
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

  /** Bytes of the file at this place; empty when there is none. */
  OptionalLong length(String uri) {
    Path path = new Path(uri);
    try {
      return retry.run(
          () -> OptionalLong.of(path.getFileSystem(hadoop).getFileStatus(path).getLen()));
    } catch (FileNotFoundException e) {
      return OptionalLong.empty();
    } catch (IOException e) {
      throw new StableSrException(
          ErrorCode.OUTPUT_WRITE, "%s cannot be looked up: %s".formatted(uri, e.getMessage()), e);
    }
  }

  /** Whether there is something at this place. */
  boolean exists(String uri) {
    Path path = new Path(uri);
    try {
      return retry.run(() -> path.getFileSystem(hadoop).exists(path));
    } catch (IOException e) {
      throw new StableSrException(
          ErrorCode.OUTPUT_WRITE, "%s cannot be looked up: %s".formatted(uri, e.getMessage()), e);
    }
  }

  /**
   * Puts a complete file at its place, so that no reader ever sees half of it. When the same bytes
   * are already there, that is the same as having put them: an acknowledgement may have been lost,
   * or a twin of this task was faster.
   *
   * @throws StableSrException {@link ErrorCode#OUTPUT_EXISTS} when something else is there and must
   *     stay, {@link ErrorCode#OUTPUT_WRITE} when it cannot be written
   */
  void publish(String uri, ResultFile content, ExistingOutput existing) {
    Path target = new Path(uri);
    try {
      retry.run(
          () -> {
            publishOnce(target, content, existing);
            return uri;
          });
    } catch (IOException e) {
      throw new StableSrException(
          ErrorCode.OUTPUT_WRITE, "%s cannot be written: %s".formatted(uri, e.getMessage()), e);
    }
  }

  private void publishOnce(Path target, ResultFile content, ExistingOutput existing)
      throws IOException {
    FileSystem files = target.getFileSystem(hadoop);
    // Otherwise every picture gets a hidden .crc file beside it on a local disk.
    files.setWriteChecksum(false);
    try {
      if (existing == ExistingOutput.SKIP && files.exists(target)) {
        throw new FileAlreadyExistsException(target.toString());
      }
      if (isObjectStore(target)) {
        put(files, target, content, existing);
      } else {
        rename(files, target, content, existing);
      }
    } catch (IOException e) {
      if (existing != ExistingOutput.SKIP || !StoreFaults.isOccupied(e)) {
        throw e;
      }
      // The library repeats an upload whose acknowledgement was lost, and meets its own object.
      if (!holds(files, target, content)) {
        throw exists(target.toString(), e);
      }
    }
  }

  private static boolean holds(FileSystem files, Path target, ResultFile content)
      throws IOException {
    FileStatus status = files.getFileStatus(target);
    if (!status.isFile() || status.getLen() != content.bytes()) {
      return false;
    }
    try (FSDataInputStream stream = files.open(target)) {
      return content.isSameAs(stream);
    }
  }

  /** An object appears when its upload is complete; renaming would copy it. */
  private static void put(
      FileSystem files, Path target, ResultFile content, ExistingOutput existing)
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
        content.writeTo(stream);
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

  private void rename(FileSystem files, Path target, ResultFile content, ExistingOutput existing)
      throws IOException {
    Path unfinished = temporary.apply(target);
    try {
      try (var stream = files.create(unfinished, /* overwrite */ true)) {
        content.writeTo(stream);
      }
      requireFree(files, target, existing);
      files.mkdirs(target.getParent());
      if (!files.rename(unfinished, target)) {
        replace(files, unfinished, target, existing);
      }
    } catch (IOException | RuntimeException | Error e) {
      discard(files, unfinished, e);
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
        "%s exists; set output.overwrite (--overwrite) to replace it.".formatted(uri),
        cause);
  }
}
