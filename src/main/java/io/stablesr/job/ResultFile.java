package io.stablesr.job;

import io.stablesr.core.Digests;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.util.Arrays;

/** The bytes of a finished result on their way to their place. */
public sealed interface ResultFile {
  /** A file in memory; the array is not copied. */
  static ResultFile of(byte[] content) {
    return new InMemory(content);
  }

  /** Length. */
  long bytes();

  /** Digest in lower-case hexadecimal. */
  String sha256();

  /** Writes all of it; can be repeated. */
  void writeTo(OutputStream out) throws IOException;

  /** Whether a stream, read to its end, holds the same. */
  boolean isSameAs(InputStream other) throws IOException;

  /** In memory. */
  final class InMemory implements ResultFile {
    private final byte[] content;

    private InMemory(byte[] content) {
      this.content = content;
    }

    @Override
    public long bytes() {
      return content.length;
    }

    @Override
    public String sha256() {
      return Digests.sha256(content);
    }

    @Override
    public void writeTo(OutputStream out) throws IOException {
      out.write(content);
    }

    @Override
    public boolean isSameAs(InputStream other) throws IOException {
      return Arrays.equals(other.readAllBytes(), content);
    }
  }

  /** In a scratch file that belongs to its {@link ResultSpool}. */
  final class Spooled implements ResultFile {
    private static final int CHUNK_BYTES = 1 << 20;

    private final FileChannel channel;
    private final long bytes;
    private final String sha256;

    Spooled(FileChannel channel, long bytes, String sha256) {
      this.channel = channel;
      this.bytes = bytes;
      this.sha256 = sha256;
    }

    @Override
    public long bytes() {
      return bytes;
    }

    @Override
    public String sha256() {
      return sha256;
    }

    @Override
    public void writeTo(OutputStream out) throws IOException {
      InputStream content = content();
      byte[] chunk = new byte[CHUNK_BYTES];
      for (int count = content.read(chunk); count >= 0; count = content.read(chunk)) {
        out.write(chunk, 0, count);
      }
    }

    @Override
    public boolean isSameAs(InputStream other) throws IOException {
      InputStream content = content();
      byte[] mine = new byte[CHUNK_BYTES];
      byte[] theirs = new byte[CHUNK_BYTES];
      while (true) {
        int count = content.readNBytes(mine, 0, CHUNK_BYTES);
        int otherCount = other.readNBytes(theirs, 0, CHUNK_BYTES);
        if (count != otherCount || !Arrays.equals(mine, 0, count, theirs, 0, count)) {
          return false;
        }
        if (count < CHUNK_BYTES) {
          return true;
        }
      }
    }

    /** From the beginning; closing it would close the file. */
    private InputStream content() throws IOException {
      return Channels.newInputStream(channel.position(0));
    }
  }
}
