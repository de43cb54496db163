package io.stablesr.degrade;

/** Draws kernels. Its slots begin where those of {@link Drawer} have ended. */
final class KernelDrawer {
  /** Smaller sinc kernels cannot hold the ripples of a lower cut-off. */
  private static final int SMALL = 13;

  private static final int SINC = 16;
  private static final int SIZE = 17;
  private static final int CUTOFF = 18;
  private static final int FAMILY = 19;
  private static final int SIGMA_X = 20;
  private static final int SIGMA_Y = 21;
  private static final int ROTATION = 22;
  private static final int BETA_HALF = 23;
  private static final int BETA = 24;

  private KernelDrawer() {}

  static KernelShape blur(KernelPreset preset, Dice dice) {
    int size = size(preset, dice);
    if (dice.happens(preset.sincProbability(), SINC)) {
      double lowest = size < SMALL ? Math.PI / 3 : Math.PI / 5;
      return new KernelShape.Sinc(size, dice.in(new Range(lowest, Math.PI), CUTOFF));
    }
    KernelFamily family = dice.pick(preset.families(), FAMILY);
    double sigmaX = dice.in(preset.sigma(), SIGMA_X);
    boolean round = family.isIsotropic();
    return new KernelShape.Blur(
        family,
        size,
        sigmaX,
        round ? sigmaX : dice.in(preset.sigma(), SIGMA_Y),
        round ? 0 : dice.in(new Range(-Math.PI, Math.PI), ROTATION),
        beta(preset, family, dice));
  }

  static KernelShape finalSinc(KernelPreset preset, Dice dice) {
    return new KernelShape.Sinc(
        size(preset, dice), dice.in(new Range(Math.PI / 3, Math.PI), CUTOFF));
  }

  private static int size(KernelPreset preset, Dice dice) {
    int count = (preset.maxSize() - preset.minSize()) / 2 + 1;
    return preset.minSize() + 2 * dice.index(count, SIZE);
  }

  private static double beta(KernelPreset preset, KernelFamily family, Dice dice) {
    Range range =
        switch (family) {
          case ISO, ANISO -> new Range(1, 1);
          case GENERALIZED_ISO, GENERALIZED_ANISO -> preset.generalizedBeta();
          case PLATEAU_ISO, PLATEAU_ANISO -> preset.plateauBeta();
        };
    return dice.happens(0.5, BETA_HALF)
        ? dice.in(new Range(range.low(), 1), BETA)
        : dice.in(new Range(1, range.high()), BETA);
  }
}
