package io.stablesr.restore;

import io.stablesr.core.Digests;
import io.stablesr.core.ErrorCode;
import io.stablesr.core.StableSrException;
import io.stablesr.restore.ModelDescription.BundleFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * Weight files that are what their {@code model.conf} says. Those inside the jar are copied once to
 * a cache folder under their digest, because only files can be memory-mapped.
 */
final class WeightCache {
  private static final String EMBEDDED = "/models/";

  private final Path folder;
  private final FileVerdicts verdicts;

  /**
   * @param folder where embedded weights are copied to, and where is kept which weight files were
   *     found right
   */
  WeightCache(Path folder) {
    this.folder = folder;
    this.verdicts = new FileVerdicts(folder.resolve("verified"), Digests::sha256);
  }

  /** A file of a model in the jar; null where there is none. */
  static InputStream embedded(String model, String fileName) {
    return WeightCache.class.getResourceAsStream(resource(model, fileName));
  }

  /** The name of such a file in the jar. */
  static String resource(String model, String fileName) {
    return EMBEDDED + model + "/" + fileName;
  }

  /**
   * Checks a file of a model.
   *
   * @throws StableSrException CHECKPOINT_CORRUPT where it is not what is expected
   */
  void require(Path path, String model, BundleFile expected) throws IOException {
    require(verdicts.matches(path, expected), path, model, expected);
  }

  /**
   * A file in the jar as a file on disk, which is made where it is not there yet.
   *
   * @throws StableSrException INPUT_NOT_FOUND where the jar lacks it; CHECKPOINT_CORRUPT where it
   *     is not what is expected
   */
  Path extracted(String model, BundleFile file) throws IOException {
    Path target = folder.resolve(file.sha256() + ".safetensors");
    if (Files.isRegularFile(target) && verdicts.matches(target, file)) {
      return target;
    }
    Files.createDirectories(folder);
    Path temporary = Files.createTempFile(folder, "extract", ".tmp");
    try (InputStream in = embedded(model, file.name())) {
      if (in == null) {
        throw new StableSrException(
            ErrorCode.INPUT_NOT_FOUND,
            "Model bundle '%s' lacks its file %s.".formatted(model, file.name()));
      }
      Files.copy(in, temporary, StandardCopyOption.REPLACE_EXISTING);
      require(Digests.sha256(temporary).equals(file.sha256()), temporary, model, file);
      // Several processes may do this at once; each moves the same content into place.
      Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
      return target;
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  private static void require(boolean matches, Path path, String model, BundleFile file)
      throws IOException {
    if (!matches) {
      throw new StableSrException(
          ErrorCode.CHECKPOINT_CORRUPT,
          "%s of model bundle '%s' is not the file its model.conf describes (%d bytes, expected %d, or another sha256); copy or import the bundle again."
              .formatted(file.name(), model, Files.size(path), file.bytes()));
    }
  }
}
