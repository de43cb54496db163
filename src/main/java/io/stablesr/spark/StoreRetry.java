package io.stablesr.spark;

import io.stablesr.core.ErrorCode;
import io.stablesr.core.StableSrException;
import io.stablesr.job.RunOptions;
import java.io.IOException;
import java.io.Serializable;

/**
 * Repeats a store operation whose fault may pass. The client library repeats single requests; this
 * repeats the whole operation, for faults that outlast the library's patience.
 *
 * @param attempts attempts in all, at least 1
 * @param firstDelayMillis pause after the first fault; doubled after each further one
 */
record StoreRetry(int attempts, long firstDelayMillis) implements Serializable {
  /** One attempt: for tests and for operations that need no other. */
  static final StoreRetry ONCE = new StoreRetry(1, 0);

  /** Checks the ranges. */
  StoreRetry {
    if (attempts < 1 || attempts > 100 || firstDelayMillis < 0) {
      throw new StableSrException(
          ErrorCode.CONFIG,
          "store.attempts is %d and store.first-delay-millis %d; they must be in 1..100 and at least 0."
              .formatted(attempts, firstDelayMillis));
    }
  }

  /** What the settings say. */
  static StoreRetry of(RunOptions options) {
    return new StoreRetry(options.storeAttempts(), options.storeDelayMillis());
  }

  /** An operation of a store. */
  @FunctionalInterface
  interface Operation<T> {
    /** Does it. */
    T run() throws IOException;
  }

  /** The result of the operation, or its last fault. */
  <T> T run(Operation<T> operation) throws IOException {
    long delayMillis = firstDelayMillis;
    for (int attempt = 1; ; attempt++) {
      try {
        return operation.run();
      } catch (IOException e) {
        if (attempt >= attempts || !StoreFaults.mayPass(e)) {
          throw e;
        }
      }
      try {
        Thread.sleep(delayMillis);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new StableSrException(ErrorCode.CANCELLED, "Cancelled while waiting for a store.", e);
      }
      delayMillis *= 2;
    }
  }
}
