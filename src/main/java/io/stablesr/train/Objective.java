package io.stablesr.train;

import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/**
 * What one worker computes for one step: a loss, and its gradient in the worker's replica.
 *
 * @param <N> the networks it works with
 */
interface Objective<N extends TrainedNetworks> {
  /** Whether a weight is trained; all others are frozen. */
  boolean trains(String key);

  /**
   * Objectives of other weights that take their own step after this one, on the same batch: a
   * discriminator's.
   */
  default List<Objective<N>> opponents() {
    return List.of();
  }

  /** Factor of the learning rate for what this objective trains. */
  default double rateFactor() {
    return 1;
  }

  /**
   * Computes the loss of a share of the batch and adds its gradient to the replica's.
   *
   * @param random gives the same numbers for the same step and worker
   * @param step number of the step, from 1
   * @return values for the curve, by column
   */
  Map<String, Double> share(N networks, RandomGenerator random, long step);
}
