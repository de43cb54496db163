package io.stablesr.restore;

/** What bounds pictures on the heap, whatever works on them. */
final class HeapLimits {
  /** An array cannot have more elements. */
  static final int MOST_VALUES = Integer.MAX_VALUE - 8;

  /** Tiles on their way to and from the device. */
  static final long WORKSPACE_BYTES = 64L << 20;

  /** The rest of the heap is for other images and for what the collector has not freed yet. */
  static final double WHOLE_SHARE = 0.7;

  private HeapLimits() {}
}
