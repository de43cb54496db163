package io.stablesr.restore.faces;

import io.stablesr.checkpoint.Checkpoint;
import io.stablesr.core.Digests;
import io.stablesr.core.ErrorCode;
import io.stablesr.core.StableSrException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A weight file of a face network.
 *
 * @param key setting that names it, for messages
 * @param path where it is, on every machine that works
 * @param officialName name under which it is published
 */
public record FaceFile(String key, String path, String officialName) {
  /**
   * Its digest.
   *
   * @throws StableSrException CONFIG where no file is named, INPUT_NOT_FOUND where it is not there
   */
  String sha256() {
    try {
      return Digests.sha256(required());
    } catch (IOException e) {
      throw new StableSrException(
          ErrorCode.INPUT_READ, "%s = %s cannot be read: %s".formatted(key, path, e), e);
    }
  }

  /** Opens it; errors as of {@link #sha256}. */
  Checkpoint open() {
    return Checkpoint.open(required());
  }

  private Path required() {
    if (path.isBlank()) {
      throw new StableSrException(
          ErrorCode.CONFIG,
          "faces.mode is on, but %s names no file; give the path of %s (docs/faces.md) or set faces.mode = off."
              .formatted(key, officialName));
    }
    Path file = Path.of(path);
    if (!Files.isRegularFile(file)) {
      throw new StableSrException(
          ErrorCode.INPUT_NOT_FOUND,
          "%s is %s, but there is no such file; give the path of %s (docs/faces.md) or set faces.mode = off."
              .formatted(key, path, officialName));
    }
    return file;
  }
}
