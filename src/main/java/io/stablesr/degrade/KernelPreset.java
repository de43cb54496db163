package io.stablesr.degrade;

import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;

/**
 * How the blur kernel of a stage is drawn.
 *
 * @param minSize smallest side in pixels, odd
 * @param maxSize largest side, odd; all odd sides between are equally likely
 * @param sincProbability share of sinc kernels; the others are of a family
 * @param families weights of the families; need not sum to 1
 * @param sigma standard deviations in pixels
 * @param generalizedBeta exponents of generalised Gaussians: half the time below 1, half above
 * @param plateauBeta the same for plateaus; its lower end may be 1
 */
public record KernelPreset(
    int minSize,
    int maxSize,
    double sincProbability,
    Map<KernelFamily, Double> families,
    Range sigma,
    Range generalizedBeta,
    Range plateauBeta) {
  /** Checks the numbers. */
  public KernelPreset {
    if (minSize < 3
        || maxSize > KernelShape.MAX_SIZE
        || minSize > maxSize
        || minSize % 2 == 0
        || maxSize % 2 == 0) {
      throw new IllegalArgumentException(
          "Kernel sizes are odd and 3..%d, got %d..%d"
              .formatted(KernelShape.MAX_SIZE, minSize, maxSize));
    }
    Probability.require("sinc-probability", sincProbability);
    families = Collections.unmodifiableMap(new EnumMap<>(families));
    double total = families.values().stream().mapToDouble(Double::doubleValue).sum();
    if (families.values().stream().anyMatch(weight -> !(weight >= 0)) || !(total > 0)) {
      throw new IllegalArgumentException(
          "Weights of kernel families are at least 0 with a sum above 0, got " + families);
    }
    sigma.requireWithin("sigma", 0.01, 50);
    generalizedBeta.requireWithin("generalized-beta", 0.1, 20);
    plateauBeta.requireWithin("plateau-beta", 0.1, 20);
    if (generalizedBeta.low() > 1
        || generalizedBeta.high() < 1
        || plateauBeta.low() > 1
        || plateauBeta.high() < 1) {
      throw new IllegalArgumentException(
          "Ranges of beta contain 1, got %s and %s".formatted(generalizedBeta, plateauBeta));
    }
  }
}
