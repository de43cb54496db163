package io.stablesr.train;

import io.stablesr.core.ErrorCode;
import io.stablesr.core.StableSrException;
import java.nio.file.Path;

/**
 * How a run goes.
 *
 * @param folder of everything the run writes
 * @param stage name of the stage, kept in its states
 * @param steps after which the run is done
 * @param workers threads, each with a share of every batch
 * @param seed of everything that is drawn
 * @param checkpointSeconds between states
 * @param curveSteps steps that one line of the curve is the mean of
 * @param validationSteps steps between validations
 */
public record LoopOptions(
    Path folder,
    String stage,
    long steps,
    int workers,
    long seed,
    long checkpointSeconds,
    long curveSteps,
    long validationSteps) {
  /** Checks the numbers. */
  public LoopOptions {
    if (steps < 1 || workers < 1 || curveSteps < 1 || validationSteps < 1) {
      throw new StableSrException(
          ErrorCode.CONFIG,
          "steps, workers, curve-steps and validation-steps are %d, %d, %d and %d; each must be 1 or more."
              .formatted(steps, workers, curveSteps, validationSteps));
    }
  }
}
