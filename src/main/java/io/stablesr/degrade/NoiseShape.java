package io.stablesr.degrade;

import java.util.Objects;

/** What noise is added. */
public sealed interface NoiseShape {
  /** Whether the channels share it. */
  NoiseColor color();

  /**
   * Gaussian noise of one strength.
   *
   * @param sigmaLevels standard deviation in 8-bit levels, 0..255
   */
  record Gaussian(double sigmaLevels, NoiseColor color) implements NoiseShape {
    /** Checks the numbers. */
    public Gaussian {
      Objects.requireNonNull(color, "color");
      if (!(sigmaLevels >= 0 && sigmaLevels <= 255)) {
        throw new IllegalArgumentException("Sigma is 0..255 levels, got " + sigmaLevels);
      }
    }
  }

  /**
   * Noise of counted photons: stronger where the picture is bright.
   *
   * @param scale factor of the noise, 0..100
   */
  record Poisson(double scale, NoiseColor color) implements NoiseShape {
    /** Checks the numbers. */
    public Poisson {
      Objects.requireNonNull(color, "color");
      if (!(scale >= 0 && scale <= 100)) {
        throw new IllegalArgumentException("The scale is 0..100, got " + scale);
      }
    }
  }
}
