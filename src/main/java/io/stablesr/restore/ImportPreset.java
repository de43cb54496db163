package io.stablesr.restore;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.stablesr.core.ErrorCode;
import io.stablesr.core.StableSrException;
import io.stablesr.diffusion.Parameterization;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** What an official model was trained for: the parts of a bundle that no weight file states. */
public enum ImportPreset {
  /** {@code stablesr_000117.ckpt}: 200 steps of DDPM. */
  STANDARD("standard", "", 64, 200, 0.5, "adain", 32),
  /** {@code stablesr_turbo.ckpt}: four steps. */
  TURBO("turbo", "turbo", 64, 4, 0.5, "wavelet", 32),
  /** {@code face_stablesr_000050.ckpt}: v-prediction, nothing of the input in the decoder. */
  FACE("face", "face_", 64, 200, 0.0, "none", 32),
  /** {@code stablesr_768v_000139.ckpt}: v-prediction, tiles of 768 pixels. */
  V768("768v", "768v", 96, 200, 0.5, "adain", 48);

  private final String word;
  private final String fileNamePart;
  private final int tileLatents;
  private final int steps;
  private final double fusionWeight;
  private final String colorFix;
  private final int overlapLatents;

  ImportPreset(
      String word,
      String fileNamePart,
      int tileLatents,
      int steps,
      double fusionWeight,
      String colorFix,
      int overlapLatents) {
    this.word = word;
    this.fileNamePart = fileNamePart;
    this.tileLatents = tileLatents;
    this.steps = steps;
    this.fusionWeight = fusionWeight;
    this.colorFix = colorFix;
    this.overlapLatents = overlapLatents;
  }

  /** The preset with this word. */
  public static ImportPreset of(String word) {
    return Arrays.stream(values())
        .filter(preset -> preset.word.equals(word))
        .findFirst()
        .orElseThrow(
            () ->
                new StableSrException(
                    ErrorCode.CONFIG,
                    "--preset is '%s'; it must be one of %s."
                        .formatted(
                            word,
                            Arrays.stream(values())
                                .map(ImportPreset::word)
                                .collect(Collectors.joining(", ")))));
  }

  /** The preset of the official file with this name; {@link #STANDARD} for any other. */
  public static ImportPreset ofFileName(String fileName) {
    String lower = fileName.toLowerCase(Locale.ROOT);
    return Arrays.stream(values())
        .filter(preset -> !preset.fileNamePart.isEmpty() && lower.contains(preset.fileNamePart))
        .findFirst()
        .orElse(STANDARD);
  }

  /** Its name on the command line. */
  public String word() {
    return word;
  }

  /** What the denoiser predicts. */
  public Parameterization parameterization() {
    return switch (this) {
      case STANDARD, TURBO -> new Parameterization.Eps();
      case FACE, V768 -> new Parameterization.V();
    };
  }

  /** Side of the tiles it was trained on. */
  public int tileLatents() {
    return tileLatents;
  }

  /** The settings it wants, with paths as below {@code stablesr}. */
  Config defaults() {
    return ConfigFactory.parseString(
        """
        upscale { fusion-weight = %s, color-fix = "%s" }
        sampling { sampler = "ddpm", steps = %d, overlap-latents = %d }
        """
            .formatted(fusionWeight, colorFix, steps, overlapLatents));
  }
}
