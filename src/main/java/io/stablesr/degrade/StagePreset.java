package io.stablesr.degrade;

import java.util.List;
import java.util.Objects;

/** What is drawn for one of the two rounds of blur, resizing, noise and JPEG. */
public record StagePreset(
    double blurProbability, KernelPreset kernel, Resizing resizing, Noise noise, Jpeg jpeg) {
  /** Checks the numbers. */
  public StagePreset {
    Probability.require("blur.probability", blurProbability);
    Objects.requireNonNull(kernel, "kernel");
    Objects.requireNonNull(resizing, "resizing");
    Objects.requireNonNull(noise, "noise");
    Objects.requireNonNull(jpeg, "jpeg");
  }

  /**
   * Enlarging, reducing or neither.
   *
   * @param up weight of enlarging by 1..{@code factor.high()}
   * @param down weight of reducing to {@code factor.low()}..1
   * @param keep weight of neither
   * @param factor its lower end is at most 1, its upper end at least
   * @param modes how; equally likely
   */
  public record Resizing(
      double up, double down, double keep, Range factor, List<ResizeMode> modes) {
    /** Checks the numbers. */
    public Resizing {
      modes = List.copyOf(modes);
      if (modes.isEmpty()) {
        throw new IllegalArgumentException("resize.modes needs at least one mode");
      }
      if (!(up >= 0 && down >= 0 && keep >= 0 && up + down + keep > 0)) {
        throw new IllegalArgumentException(
            "Weights of up, down and keep are at least 0 with a sum above 0, got %s %s %s"
                .formatted(up, down, keep));
      }
      factor.requireWithin("resize.factor", 0.05, 4);
      if (factor.low() > 1 || factor.high() < 1) {
        throw new IllegalArgumentException("resize.factor contains 1, got " + factor);
      }
    }
  }

  /**
   * Noise of one of two kinds.
   *
   * @param probability that there is any
   * @param gaussianProbability that it is Gaussian, otherwise Poisson
   * @param sigmaLevels of Gaussian noise, in 8-bit levels
   * @param poissonScale factor of Poisson noise
   * @param greyProbability that the channels share it
   */
  public record Noise(
      double probability,
      double gaussianProbability,
      Range sigmaLevels,
      Range poissonScale,
      double greyProbability) {
    /** Checks the numbers. */
    public Noise {
      Probability.require("noise.probability", probability);
      Probability.require("noise.gaussian-probability", gaussianProbability);
      Probability.require("noise.grey-probability", greyProbability);
      sigmaLevels.requireWithin("noise.sigma-levels", 0, 255);
      poissonScale.requireWithin("noise.poisson-scale", 0, 100);
    }
  }

  /**
   * JPEG compression.
   *
   * @param probability that there is any
   * @param quality real numbers; drawn evenly
   */
  public record Jpeg(double probability, Range quality) {
    /** Checks the numbers. */
    public Jpeg {
      Probability.require("jpeg.probability", probability);
      quality.requireWithin("jpeg.quality", 1, 100);
    }
  }
}
