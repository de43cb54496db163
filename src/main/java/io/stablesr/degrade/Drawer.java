package io.stablesr.degrade;

import io.stablesr.degrade.DegradationDraw.Order;
import io.stablesr.degrade.DegradationDraw.Treatment;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;

/** Draws degradations from a preset: a function of (preset, scale, seed, identity). */
public final class Drawer {
  private static final int GLOBAL = 0;
  private static final int FIRST = 1;
  private static final int SECOND = 2;
  private static final int LAST = 3;

  private static final int CLEAN = 0;

  private static final int BLURRED = 0;
  private static final int RESIZE_KIND = 1;
  private static final int RESIZE_FACTOR = 2;
  private static final int RESIZE_MODE = 3;
  private static final int NOISY = 4;
  private static final int NOISE_KIND = 5;
  private static final int NOISE_STRENGTH = 6;
  private static final int NOISE_COLOR = 7;
  private static final int COMPRESSED = 8;
  private static final int QUALITY = 9;

  private static final int ORDER = 0;
  private static final int FINAL_MODE = 1;
  private static final int FINAL_SINC = 2;

  private final DegradationPreset preset;
  private final int scale;

  /** Draws for pictures that are reduced by {@code scale}, 1..16. */
  public Drawer(DegradationPreset preset, int scale) {
    this.preset = Objects.requireNonNull(preset, "preset");
    this.scale = scale;
  }

  /**
   * The draw of one picture.
   *
   * @param identity of the picture, for instance its id and the number of the crop
   */
  public DegradationDraw draw(long seed, String identity) {
    Dice dice = Dice.of(seed, identity);
    return new DegradationDraw(
        scale,
        seed,
        identity,
        dice.stage(GLOBAL).happens(preset.cleanProbability(), CLEAN)
            ? Treatment.CLEAN
            : Treatment.DEGRADED,
        preset.sharpening(),
        stage(preset.first(), dice.stage(FIRST)),
        stage(preset.second(), dice.stage(SECOND)),
        ending(dice.stage(LAST)));
  }

  private DegradationDraw.Ending ending(Dice dice) {
    DegradationPreset.Ending last = preset.last();
    return new DegradationDraw.Ending(
        dice.happens(last.jpegLastProbability(), ORDER) ? Order.JPEG_LAST : Order.RESIZE_LAST,
        mode(last.modes(), dice, FINAL_MODE),
        dice.happens(last.sincProbability(), FINAL_SINC)
            ? KernelDrawer.finalSinc(preset.second().kernel(), dice)
            : new KernelShape.Pulse(),
        preset.jpegCodec(),
        last.rounding());
  }

  private static DegradationDraw.Stage stage(StagePreset stage, Dice dice) {
    return new DegradationDraw.Stage(
        dice.happens(stage.blurProbability(), BLURRED)
            ? Optional.of(KernelDrawer.blur(stage.kernel(), dice))
            : Optional.empty(),
        factor(stage.resizing(), dice),
        mode(stage.resizing().modes(), dice, RESIZE_MODE),
        dice.happens(stage.noise().probability(), NOISY)
            ? Optional.of(noise(stage.noise(), dice))
            : Optional.empty(),
        dice.happens(stage.jpeg().probability(), COMPRESSED)
            ? OptionalDouble.of(dice.in(stage.jpeg().quality(), QUALITY))
            : OptionalDouble.empty());
  }

  private static double factor(StagePreset.Resizing resizing, Dice dice) {
    double total = resizing.up() + resizing.down() + resizing.keep();
    double point = dice.unit(RESIZE_KIND) * total;
    if (point < resizing.up()) {
      return dice.in(new Range(1, resizing.factor().high()), RESIZE_FACTOR);
    }
    return point < resizing.up() + resizing.down()
        ? dice.in(new Range(resizing.factor().low(), 1), RESIZE_FACTOR)
        : 1;
  }

  private static NoiseShape noise(StagePreset.Noise noise, Dice dice) {
    NoiseColor color =
        dice.happens(noise.greyProbability(), NOISE_COLOR) ? NoiseColor.GREY : NoiseColor.COLOR;
    return dice.happens(noise.gaussianProbability(), NOISE_KIND)
        ? new NoiseShape.Gaussian(dice.in(noise.sigmaLevels(), NOISE_STRENGTH), color)
        : new NoiseShape.Poisson(dice.in(noise.poissonScale(), NOISE_STRENGTH), color);
  }

  private static ResizeMode mode(List<ResizeMode> modes, Dice dice, int slot) {
    return modes.get(dice.index(modes.size(), slot));
  }
}
