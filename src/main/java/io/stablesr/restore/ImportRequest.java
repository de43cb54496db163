package io.stablesr.restore;

import io.stablesr.core.ErrorCode;
import io.stablesr.core.StableSrException;
import io.stablesr.diffusion.Parameterization;
import io.stablesr.network.UnseenNumbers;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * What is to be imported, and how.
 *
 * @param diffusion where the diffusion model's weights are
 * @param autoencoder {@code vqgan_cfw_*.ckpt}
 * @param output folder of the bundle
 * @param name name of the bundle
 * @param licence licence of the weights
 * @param preset settings the bundle will ask for
 * @param parameterization what the denoiser predicts
 * @param tileLatents side of the tiles the denoiser was trained on
 * @param dtype number type of the stored weights; empty keeps that of the files
 * @param unseen numbers that the shapes do not show
 * @param existing what happens when the folder exists
 */
public record ImportRequest(
    Diffusion diffusion,
    Path autoencoder,
    Path output,
    String name,
    String licence,
    ImportPreset preset,
    Parameterization parameterization,
    int tileLatents,
    Optional<ModelDtype> dtype,
    UnseenNumbers unseen,
    Existing existing) {
  /** The licence of the published weights. */
  public static final String OFFICIAL_LICENCE =
      "S-Lab License 1.0 (non-commercial use only); modulation (SPADE) layers CC BY-NC-SA 4.0;"
          + " Stable Diffusion 2.1 base CreativeML Open RAIL++-M";

  /** Where the weights of the diffusion model are. */
  public sealed interface Diffusion {
    /** Options and files, lowest first: a later file wins. */
    List<NamedFile> files();
  }

  /** A file with the option that named it. */
  public record NamedFile(String option, Path path) {}

  /** One complete file, {@code stablesr_*.ckpt}. */
  public record Complete(Path path) implements Diffusion {
    @Override
    public List<NamedFile> files() {
      return List.of(new NamedFile("--diffusion", path));
    }
  }

  /** A Stable Diffusion base file under the file with only what StableSR adds. */
  public record Overlaid(Path base, Path module) implements Diffusion {
    @Override
    public List<NamedFile> files() {
      return List.of(new NamedFile("--base", base), new NamedFile("--sr-module", module));
    }
  }

  /** What happens when the output folder exists. */
  public enum Existing {
    /** An error. */
    REFUSE,
    /** A bundle is replaced when the new one is complete; any other folder is an error. */
    REPLACE
  }

  /** Checks the name. */
  public ImportRequest {
    Objects.requireNonNull(diffusion, "diffusion");
    Objects.requireNonNull(autoencoder, "autoencoder");
    Objects.requireNonNull(output, "output");
    Objects.requireNonNull(preset, "preset");
    Objects.requireNonNull(parameterization, "parameterization");
    Objects.requireNonNull(dtype, "dtype");
    Objects.requireNonNull(unseen, "unseen");
    Objects.requireNonNull(existing, "existing");
    if (!name.matches("[A-Za-z0-9][A-Za-z0-9._-]{0,99}")) {
      throw new StableSrException(
          ErrorCode.CONFIG,
          "The bundle's name is '%s'; give one of letters, digits, dots, hyphens and underscores with --name."
              .formatted(name));
    }
    if (licence.isBlank()) {
      throw new StableSrException(
          ErrorCode.CONFIG, "--licence is empty; name the licence of the weights.");
    }
  }
}
