package io.stablesr.image;

import io.stablesr.core.FloatTensor;

/** Changes the size of a picture, for example {@code TorchResize::bicubic}. */
@FunctionalInterface
public interface Resampler {
  /** The picture {@code [C,H,W]} as a new tensor {@code [C,outHeight,outWidth]}. */
  FloatTensor resize(FloatTensor image, int outHeight, int outWidth);
}
