package io.stablesr.image;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Bytes that can be passed on only when the last of them is known: in memory up to a limit, then in
 * a scratch file that goes away with the spool.
 */
final class Spool implements AutoCloseable {
  private final Path folder;
  private final int memoryBytes;
  private ByteArrayOutputStream memory = new ByteArrayOutputStream();
  private Path file;
  private OutputStream fileStream;
  private long size;

  Spool(Path folder, int memoryBytes) {
    this.folder = folder;
    this.memoryBytes = memoryBytes;
  }

  void write(byte[] bytes, int length) throws IOException {
    if (fileStream == null && size + length > memoryBytes) {
      file = Files.createTempFile(folder, "stablesr-strips-", ".tmp");
      fileStream = Files.newOutputStream(file);
      memory.writeTo(fileStream);
      memory = new ByteArrayOutputStream(0);
    }
    if (fileStream != null) {
      fileStream.write(bytes, 0, length);
    } else {
      memory.write(bytes, 0, length);
    }
    size += length;
  }

  long size() {
    return size;
  }

  void transferTo(OutputStream out) throws IOException {
    if (fileStream != null) {
      fileStream.close();
      Files.copy(file, out);
    } else {
      memory.writeTo(out);
    }
  }

  @Override
  public void close() throws IOException {
    if (fileStream != null) {
      fileStream.close();
      Files.deleteIfExists(file);
    }
  }
}
