package io.stablesr.image;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/**
 * A bounded look into a file: asks for few, small parts, and gives up where a header wants more
 * than any real one needs.
 */
final class FileWindow {
  /** Bytes asked for at a time. */
  static final int PART_BYTES = 64 << 10;

  /** Parts that may be asked for; photographs need one or two. */
  static final int PARTS_MAX = 64;

  private static final int READ_BYTES_MAX = 1 << 20;

  private final PositionedReader reader;
  private final int partsMax;
  private byte[] part = new byte[0];
  private long partStart;
  private int partsRead;

  private FileWindow(PositionedReader reader, int partsMax) {
    this.reader = reader;
    this.partsMax = partsMax;
  }

  static FileWindow of(PositionedReader reader) {
    return new FileWindow(reader, PARTS_MAX);
  }

  /** A stream can only be read forwards; what lies between the parts is skipped. */
  static FileWindow of(InputStream in) {
    return of(
        new PositionedReader() {
          private long at;

          @Override
          public int read(long position, byte[] buffer, int offset, int length) throws IOException {
            if (position < at) {
              throw new IOException("a stream cannot go back to byte " + position);
            }
            try {
              in.skipNBytes(position - at);
            } catch (EOFException e) {
              return -1;
            }
            int count = in.readNBytes(buffer, offset, length);
            at = position + count;
            return count;
          }
        });
  }

  /** All of a file that is in memory. */
  static FileWindow of(byte[] file) {
    FileWindow window = new FileWindow((position, buffer, offset, length) -> -1, 0);
    window.part = file;
    return window;
  }

  /**
   * The bytes from {@code position} on.
   *
   * @throws EOFException where the file ends before the last of them
   * @throws HeaderTooLongException where the header needs more than is ever read of one
   */
  byte[] read(long position, int length) throws IOException {
    byte[] bytes = atMost(position, length);
    if (bytes.length < length) {
      throw new EOFException("the file ends before byte " + (position + length));
    }
    return bytes;
  }

  /** As {@link #read}, fewer bytes at the end of the file. */
  byte[] atMost(long position, int length) throws IOException {
    if (position < 0) {
      throw new IOException("an offset is negative");
    }
    if (partsMax == 0 && length > part.length) {
      throw new EOFException("the file has fewer than %d bytes".formatted(length));
    }
    if (partsMax > 0 && length > READ_BYTES_MAX) {
      throw new HeaderTooLongException("a part of the header has %d bytes".formatted(length));
    }
    byte[] result = new byte[length];
    int filled = 0;
    while (filled < length) {
      long inPart = position + filled - partStart;
      if (inPart < 0 || inPart >= part.length) {
        if (!load(position + filled)) {
          return Arrays.copyOf(result, filled);
        }
        inPart = 0;
      }
      int count = (int) Math.min(length - filled, part.length - inPart);
      System.arraycopy(part, (int) inPart, result, filled, count);
      filled += count;
    }
    return result;
  }

  private boolean load(long position) throws IOException {
    if (partsMax == 0) {
      return false;
    }
    if (partsRead == partsMax) {
      throw new HeaderTooLongException(
          "its header is spread over more than %d parts of the file".formatted(partsMax));
    }
    partsRead++;
    byte[] bytes = new byte[PART_BYTES];
    int filled = 0;
    while (filled < bytes.length) {
      int count = readPart(position + filled, bytes, filled);
      if (count <= 0) {
        break;
      }
      filled += count;
    }
    if (filled == 0) {
      return false;
    }
    part = Arrays.copyOf(bytes, filled);
    partStart = position;
    return true;
  }

  private int readPart(long position, byte[] buffer, int offset) throws ReadFailure {
    try {
      return reader.read(position, buffer, offset, buffer.length - offset);
    } catch (IOException e) {
      throw new ReadFailure(e);
    }
  }

  /** The file could not be read, which says nothing about what is in it. */
  static final class ReadFailure extends IOException {
    private static final long serialVersionUID = 1L;

    ReadFailure(IOException cause) {
      super(cause.getMessage(), cause);
    }
  }

  /** A header that is longer than any that is read. */
  static final class HeaderTooLongException extends IOException {
    private static final long serialVersionUID = 1L;

    HeaderTooLongException(String message) {
      super(message);
    }
  }
}
