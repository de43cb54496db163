package io.stablesr.restore;

import com.typesafe.config.Config;
import io.stablesr.core.Digests;
import io.stablesr.core.ErrorCode;
import io.stablesr.core.StableSrException;
import io.stablesr.diffusion.NoiseSchedule;
import io.stablesr.diffusion.Parameterization;
import io.stablesr.network.Architecture;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * What a bundle's {@code model.conf} says: everything but the weights.
 *
 * @param name name of the bundle
 * @param licence licence of the weights
 * @param architecture shapes of the networks
 * @param parameterization what the denoiser's output means
 * @param latentScale factor between the autoencoder's latent and the denoiser's, 0.18215 officially
 * @param posterior how a latent is taken from the encoder's posterior
 * @param linearStart first beta of the training schedule, 0.00085
 * @param linearEnd last beta of the training schedule, 0.0120
 * @param tileLatents side of the tiles the denoiser was trained on, 64
 * @param geometry how pictures are brought to sizes the networks accept
 * @param nullContext key of the stored context of the empty prompt
 * @param files weight files
 * @param sources the files the bundle was made from; empty where it was not imported
 * @param defaults settings that this model wants, with paths as below {@code stablesr}
 */
public record ModelDescription(
    String name,
    String licence,
    Architecture architecture,
    Parameterization parameterization,
    double latentScale,
    Posterior posterior,
    double linearStart,
    double linearEnd,
    int tileLatents,
    WorkGeometry geometry,
    Optional<String> nullContext,
    List<BundleFile> files,
    List<Source> sources,
    Config defaults) {
  private static final int TIMESTEPS = 1000;

  /** How a latent is taken from the encoder's posterior. */
  public enum Posterior {
    /** Mean plus noise, as published. */
    SAMPLE,
    /** The mean. */
    MODE
  }

  /**
   * A weight file of the bundle.
   *
   * @param name file name inside the bundle folder
   * @param bytes length
   * @param sha256 digest in lower-case hexadecimal
   */
  public record BundleFile(String name, long bytes, String sha256) {
    /** Checks the name, so that a bundle cannot point outside its folder. */
    public BundleFile {
      if (!name.matches("[A-Za-z0-9][A-Za-z0-9._-]*\\.safetensors")) {
        throw new StableSrException(
            ErrorCode.CONFIG,
            "A bundle's file is named '%s'; a plain name ending in .safetensors is needed."
                .formatted(name));
      }
      if (!sha256.matches("[0-9a-f]{64}")) {
        throw new StableSrException(
            ErrorCode.CONFIG,
            "The sha256 of %s is '%s'; 64 hexadecimal digits are needed.".formatted(name, sha256));
      }
    }
  }

  /**
   * A file that a bundle was made from.
   *
   * @param name file name, without its folder
   * @param sha256 digest in lower-case hexadecimal
   */
  public record Source(String name, String sha256) {
    /** Checks the digest. */
    public Source {
      if (!sha256.matches("[0-9a-f]{64}")) {
        throw new StableSrException(
            ErrorCode.CONFIG,
            "The sha256 of source %s is '%s'; 64 hexadecimal digits are needed."
                .formatted(name, sha256));
      }
    }
  }

  /** Checks what the networks do not check themselves. */
  public ModelDescription {
    Objects.requireNonNull(parameterization, "parameterization");
    Objects.requireNonNull(posterior, "posterior");
    Objects.requireNonNull(nullContext, "nullContext");
    files = List.copyOf(files);
    sources = List.copyOf(sources);
    int multiple = 1 << (architecture.unet().levels() - 1);
    if (tileLatents < multiple || tileLatents % multiple != 0) {
      throw new StableSrException(
          ErrorCode.CONFIG,
          "tile-latents is %d; it must be a positive multiple of %d."
              .formatted(tileLatents, multiple));
    }
    int pixels = architecture.autoencoder().downsampling() * multiple;
    if (geometry.multiplePixels() % architecture.autoencoder().downsampling() != 0) {
      throw new StableSrException(
          ErrorCode.CONFIG,
          "geometry.multiple-pixels is %d; it must be a multiple of %d."
              .formatted(geometry.multiplePixels(), architecture.autoencoder().downsampling()));
    }
    if (geometry.minimumPixels() < tileLatents * architecture.autoencoder().downsampling()
        && geometry.multiplePixels() % pixels != 0) {
      throw new StableSrException(
          ErrorCode.CONFIG,
          "geometry.multiple-pixels is %d; pictures smaller than a tile need a multiple of %d."
              .formatted(geometry.multiplePixels(), pixels));
    }
    if (!(latentScale > 0)) {
      throw new StableSrException(
          ErrorCode.CONFIG, "latent-scale is %s; it must be above 0.".formatted(latentScale));
    }
  }

  /** The same model with these weight files, one of which holds the empty prompt's context. */
  ModelDescription withFiles(List<BundleFile> weightFiles, String nullContextKey) {
    return new ModelDescription(
        name,
        licence,
        architecture,
        parameterization,
        latentScale,
        posterior,
        linearStart,
        linearEnd,
        tileLatents,
        geometry,
        Optional.of(nullContextKey),
        weightFiles,
        sources,
        defaults);
  }

  /** Side of a tile in picture pixels. */
  public int tilePixels() {
    return tileLatents * architecture.autoencoder().downsampling();
  }

  /** The schedule that it was trained with. */
  public NoiseSchedule schedule() {
    return NoiseSchedule.scaledLinear(linearStart, linearEnd, TIMESTEPS);
  }

  /** Name and digest of the weights: the first twelve digits of the digest of all digests. */
  public String modelId() {
    StringBuilder digests = new StringBuilder();
    files.forEach(file -> digests.append(file.sha256()));
    return name + "@" + Digests.sha256(digests.toString()).substring(0, 12);
  }
}
