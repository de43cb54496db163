package io.stablesr.restore;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/** Measures consecutive stages. */
final class StageTimer {
  private final LongSupplier nanoTime;
  private final Map<String, Long> elapsedMillis = new LinkedHashMap<>();
  private long since;

  StageTimer(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
    this.since = nanoTime.getAsLong();
  }

  /** Ends the stage that began at the end of the one before. */
  void end(String stage) {
    long now = nanoTime.getAsLong();
    elapsedMillis.put(stage, (now - since) / 1_000_000);
    since = now;
  }

  Map<String, Long> millis() {
    return Collections.unmodifiableMap(elapsedMillis);
  }
}
