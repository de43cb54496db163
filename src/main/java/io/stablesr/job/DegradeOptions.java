package io.stablesr.job;

import io.stablesr.core.ErrorCode;
import io.stablesr.core.StableSrException;
import io.stablesr.degrade.DegradationPreset;
import java.io.Serializable;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * What a set of pairs is made with.
 *
 * @param source the preset
 * @param cropPixels side of the good pictures, a multiple of {@code scale}; 0 takes whole pictures
 * @param count pairs per image, 1..10000; 1 where whole pictures are taken
 * @param scale side of a good picture / side of its low-quality one, 1..16
 * @param seed of all draws
 * @param minPixels fewer pixels make an image fail
 */
public record DegradeOptions(
    PresetSource source, int cropPixels, int count, int scale, long seed, long minPixels)
    implements Serializable {
  private static final int MAX_CROP = 8192;

  /** Changes when the same draws give other pixels. */
  private static final int PIXELS_VERSION = 1;

  /** Checks every value against its range. */
  public DegradeOptions {
    Objects.requireNonNull(source, "source");
    require(scale >= 1 && scale <= 16, "degrade.scale", scale, "1..16");
    require(cropPixels >= 0 && cropPixels <= MAX_CROP, "degrade.crop", cropPixels, "0..8192");
    require(count >= 1 && count <= 10_000, "degrade.count", count, "1..10000");
    require(minPixels >= 1, "degrade.min-pixels", minPixels, "1 and above");
    if (cropPixels % scale != 0) {
      throw new StableSrException(
          ErrorCode.CONFIG,
          "degrade.crop is %d; it must be a multiple of degrade.scale, %d."
              .formatted(cropPixels, scale));
    }
    if (cropPixels == 0 && count > 1) {
      throw new StableSrException(
          ErrorCode.CONFIG,
          "degrade.count is %d; with degrade.crop 0 an image is taken whole, once."
              .formatted(count));
    }
  }

  /** The preset. */
  public DegradationPreset preset() {
    return source.preset();
  }

  /** What determines a pair beside its image and the number of its crop. */
  public Parameters parameters() {
    DegradationPreset preset = preset();
    // The name says nothing about the pixels.
    DegradationPreset nameless =
        new DegradationPreset(
            "",
            preset.sharpening(),
            preset.first(),
            preset.second(),
            preset.last(),
            preset.cleanProbability(),
            preset.jpegCodec());
    return new Parameters(
        Map.of(
            "degrade.preset", nameless.toString(),
            "degrade.crop", Integer.toString(cropPixels),
            "degrade.scale", Integer.toString(scale),
            "degrade.seed", Long.toString(seed),
            "pixels-version", Integer.toString(PIXELS_VERSION)));
  }

  /** The end of the name of a crop's files, before the extension: nothing where there is one. */
  public String suffix(int crop) {
    return count == 1 ? "" : "-c" + crop;
  }

  /** Why an image of this size is not taken. */
  public Optional<ResultRow.Failure> refusal(int height, int width) {
    return (long) height * width >= minPixels
        ? Optional.empty()
        : Optional.of(
            new ResultRow.Failure(
                ErrorCode.IMAGE_TOO_SMALL,
                "The image has %dx%d pixels; degrade.min-pixels is %d."
                    .formatted(width, height, minPixels)));
  }

  private static void require(boolean holds, String key, Object value, String range) {
    if (!holds) {
      throw new StableSrException(
          ErrorCode.CONFIG, "%s is %s; it must be in %s.".formatted(key, value, range));
    }
  }
}
