package io.stablesr.train;

import io.stablesr.core.ErrorCode;
import io.stablesr.core.StableSrException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/**
 * The patches of a folder: all safetensors files that are not hidden, in the order of their names.
 */
public final class PatchSet implements PictureSource {
  private final List<Path> files;

  private PatchSet(List<Path> files) {
    this.files = files;
  }

  /** The patches that are in {@code folder} now. */
  public static PatchSet of(Path folder) {
    try (Stream<Path> all = Files.list(folder)) {
      List<Path> files =
          all.filter(file -> file.getFileName().toString().matches("[^.].*\\.safetensors"))
              .sorted()
              .toList();
      if (files.isEmpty()) {
        throw new StableSrException(
            ErrorCode.INPUT_NOT_FOUND,
            "There is no patch in %s; run a stage of kind patches first.".formatted(folder));
      }
      return new PatchSet(files);
    } catch (IOException e) {
      throw new StableSrException(
          ErrorCode.INPUT_NOT_FOUND, "Folder %s cannot be read: %s".formatted(folder, e), e);
    }
  }

  /** The number of patches. */
  public int size() {
    return files.size();
  }

  @Override
  public PatchBatch draw(RandomGenerator random, int count, int side) {
    return PatchBatch.draw(this, random, count, side);
  }

  /** Reads a patch. */
  public Patch get(int index) {
    return Patch.read(files.get(index));
  }
}
