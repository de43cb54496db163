package io.stablesr.degrade;

import java.util.Objects;

/** What a filter kernel looks like. */
public sealed interface KernelShape {
  /** The largest side of a kernel, in pixels. */
  int MAX_SIZE = 51;

  /** The side in pixels, odd. */
  int size();

  /**
   * A blur kernel.
   *
   * @param sigmaX standard deviation along the first axis in pixels, above 0
   * @param sigmaY along the second; equal to {@code sigmaX} in isotropic families
   * @param rotation of the first axis in radians; 0 in isotropic families
   * @param beta exponent, above 0; 1 in families that have none
   */
  record Blur(
      KernelFamily family, int size, double sigmaX, double sigmaY, double rotation, double beta)
      implements KernelShape {
    /** Checks the numbers. */
    public Blur {
      Objects.requireNonNull(family, "family");
      requireSize(size);
      if (!(sigmaX > 0 && sigmaY > 0 && beta > 0) || !Double.isFinite(rotation)) {
        throw new IllegalArgumentException(
            "A blur kernel needs sigmas and beta above 0 and a rotation, got %s %s %s %s"
                .formatted(sigmaX, sigmaY, beta, rotation));
      }
      if (family.isIsotropic() && (sigmaX != sigmaY || rotation != 0)) {
        throw new IllegalArgumentException(
            "An isotropic kernel has one sigma and no rotation, got %s %s %s"
                .formatted(sigmaX, sigmaY, rotation));
      }
    }
  }

  /**
   * A circular low-pass filter, which rings at edges.
   *
   * @param cutoff angular frequency in radians per pixel, above 0 and at most pi
   */
  record Sinc(int size, double cutoff) implements KernelShape {
    /** Checks the numbers. */
    public Sinc {
      requireSize(size);
      if (!(cutoff > 0 && cutoff <= Math.PI)) {
        throw new IllegalArgumentException(
            "A cut-off lies above 0 and at most at pi, got " + cutoff);
      }
    }
  }

  /** Changes nothing. */
  record Pulse() implements KernelShape {
    @Override
    public int size() {
      return 1;
    }
  }

  private static void requireSize(int size) {
    if (size < 1 || size > MAX_SIZE || size % 2 == 0) {
      throw new IllegalArgumentException(
          "A kernel's side is odd and 1..%d pixels, got %d".formatted(MAX_SIZE, size));
    }
  }
}
