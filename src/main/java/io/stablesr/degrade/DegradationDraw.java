package io.stablesr.degrade;

import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * Everything that was drawn for one picture: with the picture it determines the result.
 *
 * @param scale side of the good picture / side of the low-quality one, 1..16
 * @param seed of the noise
 * @param identity of the noise: the image and the number of its crop
 * @param treatment whether the picture is degraded at all
 * @param sharpening of the ground truth
 * @param first the first round
 * @param second the second round
 * @param last how the second round ends
 */
public record DegradationDraw(
    int scale,
    long seed,
    String identity,
    Treatment treatment,
    Optional<Sharpening> sharpening,
    Stage first,
    Stage second,
    Ending last) {
  /** Checks the numbers. */
  public DegradationDraw {
    if (scale < 1 || scale > 16) {
      throw new IllegalArgumentException("The scale is 1..16, got " + scale);
    }
    Objects.requireNonNull(identity, "identity");
    Objects.requireNonNull(treatment, "treatment");
    Objects.requireNonNull(sharpening, "sharpening");
    Objects.requireNonNull(first, "first");
    Objects.requireNonNull(second, "second");
    Objects.requireNonNull(last, "last");
  }

  /** Whether a picture is degraded. */
  public enum Treatment {
    /** By everything in the draw. */
    DEGRADED,
    /** Not at all; the rest of the draw is not used. */
    CLEAN
  }

  /** Where the second JPEG stands. */
  public enum Order {
    /** Resize, sinc, JPEG. */
    JPEG_LAST,
    /** JPEG, resize, sinc. */
    RESIZE_LAST
  }

  /**
   * One round: blur, resize, noise, JPEG.
   *
   * @param blur empty for none
   * @param factor new side / old side; of the second round relative to the final size
   * @param mode of the resize
   * @param noise empty for none
   * @param jpegQuality empty for none
   */
  public record Stage(
      Optional<KernelShape> blur,
      double factor,
      ResizeMode mode,
      Optional<NoiseShape> noise,
      OptionalDouble jpegQuality) {
    /** Checks the numbers. */
    public Stage {
      Objects.requireNonNull(blur, "blur");
      Objects.requireNonNull(mode, "mode");
      Objects.requireNonNull(noise, "noise");
      Objects.requireNonNull(jpegQuality, "jpegQuality");
      if (!(factor > 0 && factor <= 4)) {
        throw new IllegalArgumentException("A resize factor is above 0 and at most 4: " + factor);
      }
    }
  }

  /**
   * How the second round ends.
   *
   * @param order where its JPEG stands
   * @param mode of the resize to the final size
   * @param sinc a sinc filter or a pulse
   * @param jpegCodec what compresses, in both rounds
   * @param rounding of the result
   */
  public record Ending(
      Order order, ResizeMode mode, KernelShape sinc, JpegCodec jpegCodec, Rounding rounding) {
    /** Checks that all are there. */
    public Ending {
      Objects.requireNonNull(order, "order");
      Objects.requireNonNull(mode, "mode");
      Objects.requireNonNull(sinc, "sinc");
      Objects.requireNonNull(jpegCodec, "jpegCodec");
      Objects.requireNonNull(rounding, "rounding");
    }
  }
}
