package io.stablesr.degrade;

import io.stablesr.core.FloatTensor;

/** Random numbers for each pixel: a function of draw and place, never a stream. */
public interface RandomField {
  /**
   * Standard normals {@code [channels,height,width]}.
   *
   * @param draw tells the uses for one picture apart
   */
  FloatTensor normal(int draw, int channels, int height, int width);

  /** Poisson counts of the rates {@code [C,H,W]}, each rate at least 0. */
  FloatTensor poisson(int draw, FloatTensor rates);
}
