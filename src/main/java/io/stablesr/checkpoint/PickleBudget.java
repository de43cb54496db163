package io.stablesr.checkpoint;

/**
 * Bounds the work and memory one pickle may cause. Each value that is created or copied costs one
 * unit, so neither many small values nor few values copied many times can exhaust the heap.
 */
final class PickleBudget {
  /** An official checkpoint needs about 20 units for each of its 1,400 to 2,000 tensors. */
  static final int MAX_VALUES = 1_000_000;

  private final WeightFile file;
  private long left = MAX_VALUES;

  PickleBudget(WeightFile file) {
    this.file = file;
  }

  void charge(long values) {
    left -= values;
    if (left < 0) {
      throw file.corrupt("its pickle holds more than %d values", MAX_VALUES);
    }
  }
}
