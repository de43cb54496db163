package io.stablesr.restore;

import io.stablesr.core.Digests;
import io.stablesr.core.ErrorCode;
import io.stablesr.core.StableSrException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Where the weights of restoration networks are, and what they are called in rows. */
final class WeightFiles {
  private WeightFiles() {}

  /** Whether it is one of the pair that ncnn has. */
  static boolean isNcnn(Path path) {
    return path.toString().endsWith(".param") || path.toString().endsWith(".bin");
  }

  /** The file of an ncnn pair that has the layers. */
  static Path ncnnParam(Path path) {
    return existing(ncnnFile(path, "param"));
  }

  private static String ncnnFile(Path path, String ending) {
    return path.toString().replaceFirst("\\.(param|bin)$", "." + ending);
  }

  /** The file that the weights are in. */
  static Path weightsOf(Path path) {
    return isNcnn(path) ? existing(ncnnFile(path, "bin")) : path;
  }

  /**
   * The file of this name, or of an embedded network of this name.
   *
   * @throws StableSrException INPUT_NOT_FOUND
   */
  static Path existing(String name) {
    Path path =
        EmbeddedNetwork.find(name)
            .map(network -> network.extracted(ModelBundle.userCache()))
            .orElseGet(() -> Path.of(name));
    if (!Files.isRegularFile(path)) {
      throw new StableSrException(
          ErrorCode.INPUT_NOT_FOUND,
          "There is no weight file %s; every executor has to see it at this path. The jar itself has the cleaners %s."
              .formatted(path, String.join(" and ", EmbeddedNetwork.NAMES)));
    }
    return path;
  }

  /** Names and SHA-256 of the files; reads them. */
  static String identity(NetworkFiles files) {
    String strong = identity(files.weights());
    if (!files.predictor().isBlank()) {
      return strong + "+" + identity(files.predictor());
    }
    return files.weakWeights().isBlank()
        ? strong
        : "%s+%s,denoise=%s"
            .formatted(strong, identity(files.weakWeights()), files.denoiseStrength());
  }

  private static String identity(String name) {
    Optional<EmbeddedNetwork> embedded = EmbeddedNetwork.find(name);
    if (embedded.isPresent()) {
      return name + "@" + embedded.get().file().sha256();
    }
    Path path = weightsOf(existing(name));
    try {
      return name(path) + "@" + Digests.sha256(path);
    } catch (IOException e) {
      throw new StableSrException(
          ErrorCode.INPUT_READ,
          "The weight file %s cannot be read: %s".formatted(path, e.getMessage()),
          e);
    }
  }

  private static String name(Path path) {
    return path.getFileName().toString().replaceFirst("\\.[^.]*$", "");
  }
}
