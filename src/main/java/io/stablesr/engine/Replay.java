package io.stablesr.engine;

/** Whether evaluations of the same shapes are recorded and replayed on a GPU. */
public enum Replay {
  /** They are where the device is a GPU and the library can; elsewhere nothing changes. */
  WHERE_POSSIBLE,
  /** Every evaluation starts its kernels one by one. */
  NEVER
}
