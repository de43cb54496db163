package io.stablesr.image;

import io.stablesr.core.ErrorCode;
import io.stablesr.core.StableSrException;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Files for what does not fit into memory, which nobody but their owner ever sees. */
public final class ScratchFiles {
  private ScratchFiles() {}

  /**
   * A new empty file for reading and writing. On Unix it has no name any more when this returns, so
   * that its space is free again when it is closed or the process ends in whatever way.
   */
  public static FileChannel open(Path folder) throws IOException {
    Path file = Files.createTempFile(folder, "stablesr-strips-", ".tmp");
    return FileChannel.open(
        file,
        StandardOpenOption.READ,
        StandardOpenOption.WRITE,
        StandardOpenOption.DELETE_ON_CLOSE);
  }

  /** What a fault of a scratch file means for an image: OUTPUT_WRITE, or CANCELLED. */
  public static StableSrException failure(Path folder, IOException cause) {
    if (cause instanceof ClosedByInterruptException) {
      return new StableSrException(
          ErrorCode.CANCELLED, "The picture was interrupted; nothing was written.", cause);
    }
    return new StableSrException(
        ErrorCode.OUTPUT_WRITE,
        "The scratch file in %s failed: %s; large pictures need room there (java.io.tmpdir, docs/tiling.md)."
            .formatted(folder, cause.getMessage()),
        cause);
  }
}
