package io.stablesr.report;

import io.stablesr.core.ErrorCode;
import io.stablesr.core.StableSrException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.stream.Stream;

/** A local folder that appears when it is complete, where nothing was before. */
public final class NewFolder {
  private NewFolder() {}

  /** Fills a folder. */
  @FunctionalInterface
  interface Filling<T> {
    /**
     * Writes what belongs into the folder.
     *
     * @param unfinished the folder, under a name of its own
     * @param target where it is going to be
     */
    T fill(Path unfinished, Path target) throws IOException;
  }

  /**
   * Refuses a folder with something in it, before any work is done.
   *
   * @throws StableSrException OUTPUT_EXISTS
   */
  public static void requireFree(Path folder) {
    try {
      if (Files.exists(folder)) {
        try (Stream<Path> content = Files.isDirectory(folder) ? Files.list(folder) : null) {
          if (content == null || content.findAny().isPresent()) {
            throw new StableSrException(
                ErrorCode.OUTPUT_EXISTS,
                "%s exists already and is not an empty folder; choose another --output."
                    .formatted(folder));
          }
        }
      }
    } catch (IOException e) {
      throw failure(folder, e);
    }
  }

  /** Fills a folder and moves it to its place; where that fails nothing is left. */
  static <T> T write(Path folder, Filling<T> filling) {
    requireFree(folder);
    Path target = folder.toAbsolutePath().normalize();
    Path unfinished = target.resolveSibling("." + target.getFileName() + ".tmp");
    try {
      Files.createDirectories(target.getParent());
      delete(unfinished);
      Files.createDirectory(unfinished);
      T filled = filling.fill(unfinished, target);
      Files.deleteIfExists(target);
      Files.move(unfinished, target, StandardCopyOption.ATOMIC_MOVE);
      return filled;
    } catch (IOException e) {
      throw failure(folder, e);
    } finally {
      discard(unfinished);
    }
  }

  private static void discard(Path folder) {
    try {
      delete(folder);
    } catch (IOException e) {
      throw failure(folder, e);
    }
  }

  private static void delete(Path folder) throws IOException {
    if (Files.exists(folder)) {
      try (Stream<Path> content = Files.walk(folder)) {
        for (Path path : content.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(path);
        }
      }
    }
  }

  private static StableSrException failure(Path folder, IOException e) {
    return new StableSrException(
        ErrorCode.OUTPUT_WRITE,
        "The report %s cannot be written: %s".formatted(folder, e.getMessage()),
        e);
  }
}
