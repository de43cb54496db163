package io.stablesr.restore;

import io.stablesr.core.ErrorCode;
import io.stablesr.core.StableSrException;
import io.stablesr.restore.ImportRequest.Existing;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * A bundle folder while it is written: a hidden sibling of the target that gets the target's name
 * when it is complete, and is removed otherwise.
 */
final class BundleFolder implements AutoCloseable {
  private final Path target;
  private final Path temporary;
  private final Existing existing;

  private BundleFolder(Path target, Path temporary, Existing existing) {
    this.target = target;
    this.temporary = temporary;
    this.existing = existing;
  }

  /** Fails where the target may not be written, before any work is done. */
  static void requireFree(Path target, Existing existing) {
    if (!Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    if (existing == Existing.REFUSE) {
      throw new StableSrException(
          ErrorCode.OUTPUT_EXISTS,
          "%s exists already; choose another --output or give --overwrite.".formatted(target));
    }
    // Whatever is replaced is deleted, so it has to be a bundle and nothing more.
    if (!Files.isDirectory(target, LinkOption.NOFOLLOW_LINKS)
        || !Files.isRegularFile(target.resolve("model.conf"))
        || !list(target).stream().allMatch(BundleFolder::belongsToBundle)) {
      throw new StableSrException(
          ErrorCode.OUTPUT_EXISTS,
          "%s is not a folder with nothing but a bundle, so --overwrite does not replace it; choose another --output."
              .formatted(target));
    }
  }

  private static boolean belongsToBundle(Path file) {
    String name = file.getFileName().toString();
    return Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
        && (name.equals("model.conf") || name.endsWith(".safetensors"));
  }

  /** Makes the temporary folder on the target's file system. */
  static BundleFolder create(Path output, Existing existing, long bytes) {
    Path target = output.toAbsolutePath().normalize();
    requireFree(target, existing);
    if (target.getParent() == null) {
      throw new StableSrException(
          ErrorCode.OUTPUT_WRITE, "%s cannot be a bundle folder.".formatted(target));
    }
    try {
      Files.createDirectories(target.getParent());
      long free = Files.getFileStore(target.getParent()).getUsableSpace();
      if (free < bytes) {
        throw new StableSrException(
            ErrorCode.OUTPUT_WRITE,
            "The bundle needs %d MB, but %s has only %d MB free."
                .formatted(bytes / 1_000_000, target.getParent(), free / 1_000_000));
      }
      return new BundleFolder(
          target, Files.createDirectory(sibling(target, "importing")), existing);
    } catch (IOException e) {
      throw failed(target, e);
    }
  }

  /** Where a file of the bundle is written. */
  Path file(String name) {
    return temporary.resolve(name);
  }

  /** Gives the folder its name. */
  void publish() {
    requireFree(target, existing);
    try {
      if (Files.exists(target)) {
        Path old = Files.move(target, sibling(target, "replaced"));
        try {
          Files.move(temporary, target);
        } catch (IOException e) {
          Files.move(old, target);
          throw e;
        }
        delete(old);
      } else {
        Files.move(temporary, target);
      }
    } catch (IOException e) {
      throw failed(target, e);
    }
  }

  private static Path sibling(Path target, String purpose) {
    return target.resolveSibling(
        "." + target.getFileName() + "." + purpose + "-" + UUID.randomUUID());
  }

  private static StableSrException failed(Path target, IOException e) {
    return new StableSrException(
        ErrorCode.OUTPUT_WRITE, "Cannot write bundle %s: %s".formatted(target, e), e);
  }

  private static List<Path> list(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      return files.toList();
    } catch (IOException e) {
      throw failed(folder, e);
    }
  }

  private static void delete(Path folder) throws IOException {
    for (Path file : list(folder)) {
      Files.delete(file);
    }
    Files.delete(folder);
  }

  @Override
  public void close() {
    if (Files.exists(temporary)) {
      try {
        delete(temporary);
      } catch (IOException e) {
        throw failed(target, e);
      }
    }
  }
}
