package io.stablesr.metric;

import io.stablesr.core.FloatTensor;

/** Judges a picture by itself. */
public interface PictureMetric {
  /**
   * The score of a picture.
   *
   * @param picture {@code [3,H,W]} in 0..1
   */
  double score(FloatTensor picture);
}
