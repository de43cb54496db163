package io.stablesr.restore;

import io.stablesr.core.FloatTensor;
import java.util.Objects;

/**
 * One image to be upscaled.
 *
 * @param imageId identity of the image: together with the seed it fixes all noise, wherever and in
 *     whatever order images are processed
 * @param image sRGB picture {@code [3,H,W]}, values 0..1
 * @param options what to do with it
 */
public record UpscaleRequest(String imageId, FloatTensor image, UpscaleOptions options) {
  /** Checks the shape. */
  public UpscaleRequest {
    Objects.requireNonNull(imageId, "imageId");
    Objects.requireNonNull(options, "options");
    if (image.rank() != 3 || image.dim(0) != 3) {
      throw new IllegalArgumentException("Expected [3,H,W], got " + image);
    }
  }
}
