package io.stablesr.restore;

import io.stablesr.checkpoint.Checkpoint;
import io.stablesr.checkpoint.Weights;
import io.stablesr.core.ErrorCode;
import io.stablesr.core.StableSrException;
import io.stablesr.restore.ModelDescription.BundleFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A model bundle: a {@code model.conf} and {@code .safetensors} files, in a folder or inside the
 * jar. Files inside the jar are copied once to a cache folder under their digest, because only
 * files can be memory-mapped.
 */
public final class ModelBundle {
  private static final String CONF = "model.conf";

  private final String reference;
  private final ModelDescription description;
  private final WeightCache cache;

  private ModelBundle(String reference, ModelDescription description, Path cacheFolder) {
    this.reference = reference;
    this.description = description;
    this.cache = new WeightCache(cacheFolder);
  }

  /** {@code STABLESR_CACHE}, else a folder of the user; its content can be deleted at any time. */
  public static Path userCache() {
    String configured = System.getenv("STABLESR_CACHE");
    return configured != null && !configured.isBlank()
        ? Path.of(configured)
        : Path.of(System.getProperty("user.home"), ".cache", "stablesr");
  }

  /**
   * Finds a bundle and reads its description.
   *
   * @param reference a folder with a {@code model.conf}, or the name of an embedded bundle
   * @param cacheFolder where embedded weights are copied to, and where is kept which weight files
   *     were found right
   */
  public static ModelBundle open(String reference, Path cacheFolder) {
    try {
      Path conf = Path.of(reference).resolve(CONF);
      if (Files.isRegularFile(conf)) {
        String text = Files.readString(conf);
        return new ModelBundle(reference, ModelConf.parse(text, conf.toString()), cacheFolder);
      }
      if (reference.matches("[a-z0-9][a-z0-9.-]*")) {
        try (InputStream in = WeightCache.embedded(reference, CONF)) {
          if (in != null) {
            String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            return new ModelBundle(
                reference,
                ModelConf.parse(text, WeightCache.resource(reference, CONF)),
                cacheFolder);
          }
        }
      }
    } catch (IOException | java.nio.file.InvalidPathException e) {
      throw new StableSrException(
          ErrorCode.INPUT_NOT_FOUND,
          "Model bundle '%s' cannot be read: %s".formatted(reference, e.getMessage()),
          e);
    }
    throw new StableSrException(
        ErrorCode.INPUT_NOT_FOUND,
        "There is no model bundle '%s': neither a local folder with a %s nor an embedded bundle; set model.bundle."
            .formatted(reference, CONF));
  }

  /** What the bundle's {@code model.conf} says. */
  public ModelDescription description() {
    return description;
  }

  /** The open weight files; the caller closes them. */
  OpenWeights openWeights() {
    List<Checkpoint> files = new ArrayList<>();
    try {
      Weights weights = null;
      for (BundleFile file : description.files()) {
        Checkpoint checkpoint = Checkpoint.open(locate(file));
        files.add(checkpoint);
        weights = weights == null ? Weights.of(checkpoint) : weights.overlay(checkpoint);
      }
      if (weights == null) {
        throw new StableSrException(
            ErrorCode.CONFIG, "Model bundle '%s' names no files.".formatted(reference));
      }
      return new OpenWeights(weights, files);
    } catch (RuntimeException e) {
      files.forEach(Checkpoint::close);
      throw e;
    }
  }

  /** Weights and the files they are mapped from. */
  record OpenWeights(Weights weights, List<Checkpoint> files) implements AutoCloseable {
    @Override
    public void close() {
      files.forEach(Checkpoint::close);
    }
  }

  private Path locate(BundleFile file) {
    Path beside = Path.of(reference).resolve(file.name());
    try {
      if (Files.isRegularFile(beside)) {
        cache.require(beside, reference, file);
        return beside;
      }
      return cache.extracted(reference, file);
    } catch (IOException e) {
      throw new StableSrException(
          ErrorCode.INPUT_NOT_FOUND,
          "File %s of model bundle '%s' cannot be read: %s"
              .formatted(file.name(), reference, e.getMessage()),
          e);
    }
  }
}
