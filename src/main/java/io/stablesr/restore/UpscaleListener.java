package io.stablesr.restore;

/** Hears of progress while one image is processed; called on the processing thread. */
public interface UpscaleListener {
  /** Ignores everything. */
  UpscaleListener NONE = (done, total) -> {};

  /** {@code done} of {@code total} tile evaluations are finished. */
  void tilesDone(int done, int total);

  /** {@code share}, 0..1, of a picture that is decoded in parts is decoded. */
  default void decoded(double share) {}
}
