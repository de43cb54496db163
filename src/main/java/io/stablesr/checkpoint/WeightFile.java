package io.stablesr.checkpoint;

import io.stablesr.core.ErrorCode;
import io.stablesr.core.StableSrException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.regex.Pattern;

/** An open file of known size that hands out mapped windows and words the errors about itself. */
final class WeightFile implements AutoCloseable {
  private static final int MAX_QUOTED = 200;
  private static final Pattern CONTROL = Pattern.compile("\\p{Cntrl}");

  private final Path path;
  private final long size;
  private FileChannel channel;
  private boolean closed;

  private WeightFile(Path path, FileChannel channel, long size) {
    this.path = path;
    this.channel = channel;
    this.size = size;
  }

  static WeightFile open(Path path) {
    FileChannel channel = null;
    try {
      channel = FileChannel.open(path, StandardOpenOption.READ);
      return new WeightFile(path, channel, channel.size());
    } catch (IOException e) {
      closeQuietly(channel, e);
      throw new StableSrException(
          ErrorCode.INPUT_NOT_FOUND,
          "Cannot open weight file %s: it does not exist or cannot be read (%s)"
              .formatted(path, e.getClass().getSimpleName()),
          e);
    }
  }

  private static void closeQuietly(FileChannel channel, IOException cause) {
    if (channel != null) {
      try {
        channel.close();
      } catch (IOException e) {
        cause.addSuppressed(e);
      }
    }
  }

  Path path() {
    return path;
  }

  long size() {
    return size;
  }

  /** A read-only little-endian mapping; it stays valid after {@link #close}. */
  ByteBuffer map(long offset, long length) {
    requireInside(offset, length);
    if (length > Integer.MAX_VALUE) {
      throw corrupt("a part of %d bytes is larger than the 2 GiB that one mapping holds", length);
    }
    try {
      return channel()
          .map(FileChannel.MapMode.READ_ONLY, offset, length)
          .order(ByteOrder.LITTLE_ENDIAN);
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  /** A copy of a few bytes, cheaper than a mapping. */
  ByteBuffer read(long offset, int length) {
    requireInside(offset, length);
    ByteBuffer buffer = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
    try {
      while (buffer.hasRemaining()) {
        if (channel().read(buffer, offset + buffer.position()) < 0) {
          throw corrupt("the file became shorter while it was read");
        }
      }
    } catch (IOException e) {
      throw unreadable(e);
    }
    return buffer.flip();
  }

  /**
   * The channel; opened again when an interrupt of some thread has closed it. Weights are read when
   * a network is first needed, so one interrupted task must not spoil the model for the others.
   */
  private synchronized FileChannel channel() throws IOException {
    if (!closed && !channel.isOpen()) {
      channel = FileChannel.open(path, StandardOpenOption.READ);
    }
    return channel;
  }

  private void requireInside(long offset, long length) {
    if (offset < 0 || length < 0 || offset > size - length) {
      throw corrupt(
          "it refers to %d bytes at offset %d, beyond its %d bytes (truncated?)",
          length, offset, size);
    }
  }

  private StableSrException unreadable(IOException e) {
    if (e instanceof ClosedByInterruptException) {
      return new StableSrException(
          ErrorCode.CANCELLED, "Reading %s was interrupted.".formatted(path), e);
    }
    if (e instanceof ClosedChannelException) {
      return new StableSrException(
          ErrorCode.INTERNAL, "Cannot read %s: it has been closed".formatted(path), e);
    }
    return new StableSrException(
        ErrorCode.INPUT_NOT_FOUND,
        "Cannot read weight file %s: %s".formatted(path, e.getMessage()),
        e);
  }

  /** The error for a damaged or unknown file. */
  StableSrException corrupt(String reason, Object... values) {
    return error(ErrorCode.CHECKPOINT_CORRUPT, reason, values);
  }

  /** The error for a file that asks for something this program never does. */
  StableSrException forbidden(String reason, Object... values) {
    return error(ErrorCode.CHECKPOINT_FORBIDDEN, reason, values);
  }

  private StableSrException error(ErrorCode code, String reason, Object... values) {
    Object[] printable = Arrays.stream(values).map(WeightFile::printable).toArray();
    return new StableSrException(
        code, "Cannot read weights from " + path + ": " + reason.formatted(printable));
  }

  /** Text from a hostile file may be long or hold control characters. */
  private static Object printable(Object value) {
    if (!(value instanceof String text)) {
      return value;
    }
    String head = text.length() <= MAX_QUOTED ? text : text.substring(0, MAX_QUOTED) + "...";
    return CONTROL.matcher(head).replaceAll("?");
  }

  @Override
  public synchronized void close() {
    closed = true;
    try {
      channel.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
