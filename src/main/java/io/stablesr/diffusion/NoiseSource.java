package io.stablesr.diffusion;

import io.stablesr.core.FloatTensor;

/**
 * The standard normal noise of one image: a function of draw and place, never a stream; asked by
 * any thread.
 */
public interface NoiseSource {
  /**
   * Noise {@code [1,channels,window.height,window.width]}. Asking for a part of a canvas gives the
   * same values as asking for all of it and cropping.
   */
  FloatTensor normal(NoiseDraw draw, int channels, Window window);
}
