package io.stablesr.degrade;

import io.stablesr.core.FloatTensor;
import io.stablesr.degrade.DegradationDraw.Order;
import io.stablesr.degrade.DegradationDraw.Treatment;
import io.stablesr.image.TorchResize;
import java.util.Optional;

/** Applies draws to pictures. */
public final class Degrader {
  /** Draws of the random field, one for each use. */
  private static final int FIRST_NOISE = 0;

  private static final int SECOND_NOISE = 1;

  private Degrader() {}

  /**
   * The pair of a good picture: a function of picture and draw, the same on every machine.
   *
   * @param picture {@code [3,H,W]} in 0..1, sides multiples of the draw's scale
   */
  public static DegradedPair apply(FloatTensor picture, DegradationDraw draw) {
    return apply(picture, draw, new PhiloxField(draw.seed(), "degrade pixels\n" + draw.identity()));
  }

  static DegradedPair apply(FloatTensor picture, DegradationDraw draw, RandomField field) {
    if (picture.rank() != 3
        || picture.dim(0) != 3
        || picture.dim(1) < draw.scale()
        || picture.dim(2) < draw.scale()
        || picture.dim(1) % draw.scale() != 0
        || picture.dim(2) % draw.scale() != 0) {
      throw new IllegalArgumentException(
          "Expected [3,H,W] with sides that are multiples of %d, got %s"
              .formatted(draw.scale(), picture));
    }
    FloatTensor groundTruth = draw.sharpening().map(s -> s.apply(picture)).orElse(picture);
    int height = picture.dim(1) / draw.scale();
    int width = picture.dim(2) / draw.scale();
    if (draw.treatment() == Treatment.CLEAN) {
      FloatTensor reduced = TorchResize.area(groundTruth, height, width);
      return new DegradedPair(groundTruth, rounded(reduced, draw.last().rounding()), draw);
    }
    JpegCodec codec = draw.last().jpegCodec();
    FloatTensor once = firstRound(groundTruth, draw.first(), codec, field);
    FloatTensor twice = secondRound(once, draw, height, width, field);
    return new DegradedPair(groundTruth, rounded(twice, draw.last().rounding()), draw);
  }

  private static FloatTensor firstRound(
      FloatTensor picture, DegradationDraw.Stage stage, JpegCodec codec, RandomField field) {
    FloatTensor blurred = filtered(picture, stage.blur());
    FloatTensor resized = stage.mode().byFactor(blurred, stage.factor());
    FloatTensor noisy = noisy(resized, stage.noise(), field, FIRST_NOISE);
    return compressed(clipped(noisy), stage, codec);
  }

  private static FloatTensor secondRound(
      FloatTensor picture, DegradationDraw draw, int height, int width, RandomField field) {
    DegradationDraw.Stage stage = draw.second();
    DegradationDraw.Ending last = draw.last();
    FloatTensor blurred = filtered(picture, stage.blur());
    FloatTensor resized =
        stage.mode().toSize(blurred, scaled(height, stage.factor()), scaled(width, stage.factor()));
    FloatTensor noisy = noisy(resized, stage.noise(), field, SECOND_NOISE);
    if (last.order() == Order.JPEG_LAST) {
      FloatTensor reduced = last.mode().toSize(noisy, height, width);
      FloatTensor ringing = filtered(reduced, Optional.of(last.sinc()));
      return clipped(compressed(clipped(ringing), stage, last.jpegCodec()));
    }
    FloatTensor compressed = compressed(clipped(noisy), stage, last.jpegCodec());
    FloatTensor reduced = last.mode().toSize(compressed, height, width);
    return clipped(filtered(reduced, Optional.of(last.sinc())));
  }

  private static int scaled(int side, double factor) {
    return Math.max((int) (side * factor), 1);
  }

  private static FloatTensor filtered(FloatTensor picture, Optional<KernelShape> shape) {
    return shape
        .filter(kernel -> !(kernel instanceof KernelShape.Pulse))
        .map(kernel -> KernelFilter.apply(picture, Kernel.of(kernel)))
        .orElse(picture);
  }

  private static FloatTensor noisy(
      FloatTensor picture, Optional<NoiseShape> noise, RandomField field, int draw) {
    return noise.map(shape -> NoiseAdder.add(picture, shape, field, draw)).orElse(picture);
  }

  private static FloatTensor compressed(
      FloatTensor picture, DegradationDraw.Stage stage, JpegCodec codec) {
    if (stage.jpegQuality().isEmpty()) {
      return picture;
    }
    double quality = stage.jpegQuality().getAsDouble();
    return switch (codec) {
      case SIMULATED -> SimulatedJpeg.apply(picture, quality);
      case ENCODED -> EncodedJpeg.apply(picture, quality);
    };
  }

  private static FloatTensor clipped(FloatTensor picture) {
    FloatTensor result = FloatTensor.zeros(picture.shape());
    for (int i = 0; i < result.size(); i++) {
      result.data()[i] = Math.min(Math.max(picture.data()[i], 0f), 1f);
    }
    return result;
  }

  private static FloatTensor rounded(FloatTensor picture, Rounding rounding) {
    if (rounding == Rounding.NONE) {
      return picture;
    }
    FloatTensor result = FloatTensor.zeros(picture.shape());
    for (int i = 0; i < result.size(); i++) {
      result.data()[i] = (float) Math.rint(picture.data()[i] * 255f) / 255f;
    }
    return result;
  }
}
