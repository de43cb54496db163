package io.stablesr.degrade;

import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * From what degradations are drawn.
 *
 * @param name of the preset, for rows and messages
 * @param sharpening of the ground truth, before anything else
 * @param first the first round
 * @param second the second round; its JPEG comes before or after the last resize
 * @param last how the second round ends
 * @param cleanProbability share of pictures that are not degraded
 * @param jpegCodec what compresses
 */
public record DegradationPreset(
    String name,
    Optional<Sharpening> sharpening,
    StagePreset first,
    StagePreset second,
    Ending last,
    double cleanProbability,
    JpegCodec jpegCodec) {
  /** Checks the numbers. */
  public DegradationPreset {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(sharpening, "sharpening");
    Objects.requireNonNull(first, "first");
    Objects.requireNonNull(second, "second");
    Objects.requireNonNull(last, "last");
    Objects.requireNonNull(jpegCodec, "jpegCodec");
    Probability.require("clean-probability", cleanProbability);
  }

  /**
   * How the second round ends.
   *
   * @param sincProbability that a sinc filter follows the last resize
   * @param jpegLastProbability that the second JPEG comes after it
   * @param modes of the last resize; equally likely
   * @param rounding whether the result is rounded to 8-bit levels
   */
  public record Ending(
      double sincProbability,
      double jpegLastProbability,
      List<ResizeMode> modes,
      Rounding rounding) {
    /** Checks the numbers. */
    public Ending {
      modes = List.copyOf(modes);
      if (modes.isEmpty()) {
        throw new IllegalArgumentException("last.modes needs at least one mode");
      }
      Probability.require("last.sinc-probability", sincProbability);
      Probability.require("last.jpeg-last-probability", jpegLastProbability);
      Objects.requireNonNull(rounding, "rounding");
    }
  }
}
