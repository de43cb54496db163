package io.stablesr.metric;

import io.stablesr.core.FloatTensor;

/** Compares a picture with the true one. */
public interface PairMetric {
  /**
   * The score of a picture.
   *
   * @param picture {@code [3,H,W]} in 0..1
   * @param truth of the same size
   */
  double score(FloatTensor picture, FloatTensor truth);
}
