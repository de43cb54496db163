package io.stablesr.train;

import io.stablesr.core.ErrorCode;
import io.stablesr.core.StableSrException;
import io.stablesr.engine.Adam;

/**
 * How weights follow their gradients.
 *
 * @param kind Adam or AdamW
 * @param learningRate of each step
 * @param beta1 memory of the first moment
 * @param beta2 memory of the second moment
 * @param weightDecay of every trained weight
 * @param epsilon added to the root of the second moment
 * @param maximumNorm gradients of a larger norm are scaled down to it; 0 for no limit
 * @param averageMemory decay of the moving average of the weights; 0 for no average
 */
public record OptimizerOptions(
    Adam.Kind kind,
    LearningRate learningRate,
    double beta1,
    double beta2,
    double weightDecay,
    double epsilon,
    double maximumNorm,
    double averageMemory) {
  /** Checks the numbers. */
  public OptimizerOptions {
    if (!within(beta1) || !within(beta2) || !within(averageMemory)) {
      throw new StableSrException(
          ErrorCode.CONFIG,
          "beta1, beta2 and average-memory are %s, %s and %s; each must be in 0..1, without 1."
              .formatted(beta1, beta2, averageMemory));
    }
    if (!(weightDecay >= 0) || !(epsilon > 0) || !(maximumNorm >= 0)) {
      throw new StableSrException(
          ErrorCode.CONFIG,
          "weight-decay, epsilon and maximum-norm are %s, %s and %s; none may be negative, and epsilon must be above 0."
              .formatted(weightDecay, epsilon, maximumNorm));
    }
  }

  private static boolean within(double value) {
    return value >= 0 && value < 1;
  }

  /** What the optimiser needs for step {@code number}, whose gradient is a sum of shares. */
  Adam.Step step(long number, double gradientScale, double rateFactor) {
    // Young averages follow fast, or the first thousand steps would still show the start.
    double memory = Math.min(averageMemory, (1.0 + number) / (10.0 + number));
    return new Adam.Step(
        rateFactor * learningRate.at(number),
        beta1,
        beta2,
        weightDecay,
        epsilon,
        kind,
        gradientScale,
        maximumNorm > 0 ? maximumNorm : Double.POSITIVE_INFINITY,
        averageMemory == 0 ? 0 : memory);
  }
}
