package io.stablesr.spark;

import io.stablesr.core.ErrorCode;
import io.stablesr.core.StableSrException;
import io.stablesr.job.ResultRow;
import java.util.Optional;

/**
 * Ends a task whose images fail one after the other for reasons outside of them: a store that is
 * down would otherwise turn a whole archive into failed rows.
 */
final class OutageWatch {
  private final int limit;
  private int inARow;

  /**
   * @param limit such failures in a row that end the task; 0 never does
   */
  OutageWatch(int limit) {
    this.limit = limit;
  }

  void see(Optional<ResultRow.Failure> error) {
    boolean outage = error.map(failure -> failure.code().isOutage()).orElse(false);
    inARow = outage ? inARow + 1 : 0;
    if (limit > 0 && inARow >= limit) {
      throw new StableSrException(
          ErrorCode.BREAKER,
          "%d images in a row failed for reasons outside of them, the last with %s: %s"
              .formatted(inARow, error.orElseThrow().code(), error.orElseThrow().message()));
    }
  }
}
