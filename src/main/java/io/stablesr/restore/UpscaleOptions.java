package io.stablesr.restore;

import io.stablesr.core.ErrorCode;
import io.stablesr.core.StableSrException;
import io.stablesr.diffusion.SamplingOptions;
import io.stablesr.image.ColorFix;
import java.util.Objects;

/**
 * Everything that decides what the result of one image looks like, apart from the model.
 *
 * @param scale output size / input size, above 0 and at most 16, fractions allowed
 * @param sampling how the latent is sampled
 * @param fusionWeight CFW weight w, 0 (generated) .. 1 (faithful)
 * @param colorFix how colours are tied to the input
 * @param waveletLevels levels of the wavelet colour fix, 1..10
 * @param vaeTilePixels side of the pixel tiles of the autoencoder; larger images are tiled with a
 *     halo
 * @param stripPixels pictures of more pixels than this, after enlargement, are worked on in strips;
 *     0: those that do not fit into memory (docs/tiling.md)
 * @param prompt positive prompt, usually empty
 * @param negativePrompt negative prompt, used when guidance is on
 * @param seed seed of all noise
 * @param preClean whether the input is cleaned before
 */
public record UpscaleOptions(
    double scale,
    SamplingOptions sampling,
    double fusionWeight,
    ColorFix colorFix,
    int waveletLevels,
    int vaeTilePixels,
    long stripPixels,
    String prompt,
    String negativePrompt,
    long seed,
    PreClean preClean) {
  /** Checks every value against its range. */
  public UpscaleOptions {
    Objects.requireNonNull(sampling, "sampling");
    Objects.requireNonNull(colorFix, "colorFix");
    Objects.requireNonNull(preClean, "preClean");
    Objects.requireNonNull(prompt, "prompt");
    Objects.requireNonNull(negativePrompt, "negativePrompt");
    require(scale > 0 && scale <= 16, "scale", scale, "0 (excluded) to 16");
    require(fusionWeight >= 0 && fusionWeight <= 1, "fusion-weight", fusionWeight, "0..1");
    require(waveletLevels >= 1 && waveletLevels <= 10, "wavelet-levels", waveletLevels, "1..10");
    require(vaeTilePixels >= 128, "vae-tile-pixels", vaeTilePixels, "128 and above");
    require(stripPixels >= 0, "strip-pixels", stripPixels, "0 and above");
  }

  /** Options with strips only where memory asks for them, and no cleaning. */
  public UpscaleOptions(
      double scale,
      SamplingOptions sampling,
      double fusionWeight,
      ColorFix colorFix,
      int waveletLevels,
      int vaeTilePixels,
      String prompt,
      String negativePrompt,
      long seed) {
    this(
        scale,
        sampling,
        fusionWeight,
        colorFix,
        waveletLevels,
        vaeTilePixels,
        0,
        prompt,
        negativePrompt,
        seed,
        PreClean.OFF);
  }

  /** The same with another way of sampling. */
  public UpscaleOptions withSampling(SamplingOptions sampling) {
    return new UpscaleOptions(
        scale,
        sampling,
        fusionWeight,
        colorFix,
        waveletLevels,
        vaeTilePixels,
        stripPixels,
        prompt,
        negativePrompt,
        seed,
        preClean);
  }

  /** The same with another scale. */
  public UpscaleOptions withScale(double scale) {
    return new UpscaleOptions(
        scale,
        sampling,
        fusionWeight,
        colorFix,
        waveletLevels,
        vaeTilePixels,
        stripPixels,
        prompt,
        negativePrompt,
        seed,
        preClean);
  }

  /** The same with another way of cleaning. */
  public UpscaleOptions withPreClean(PreClean preClean) {
    return new UpscaleOptions(
        scale,
        sampling,
        fusionWeight,
        colorFix,
        waveletLevels,
        vaeTilePixels,
        stripPixels,
        prompt,
        negativePrompt,
        seed,
        preClean);
  }

  /** The same with another limit of pictures that are worked on as a whole. */
  public UpscaleOptions withStripPixels(long stripPixels) {
    return new UpscaleOptions(
        scale,
        sampling,
        fusionWeight,
        colorFix,
        waveletLevels,
        vaeTilePixels,
        stripPixels,
        prompt,
        negativePrompt,
        seed,
        preClean);
  }

  /** The same with other tiles of the autoencoder. */
  public UpscaleOptions withVaeTilePixels(int vaeTilePixels) {
    return new UpscaleOptions(
        scale,
        sampling,
        fusionWeight,
        colorFix,
        waveletLevels,
        vaeTilePixels,
        stripPixels,
        prompt,
        negativePrompt,
        seed,
        preClean);
  }

  private static void require(boolean holds, String key, Object value, String range) {
    if (!holds) {
      throw new StableSrException(
          ErrorCode.CONFIG, "%s is %s; it must be in %s.".formatted(key, value, range));
    }
  }
}
