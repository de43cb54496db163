package io.stablesr.degrade;

import io.stablesr.core.FloatTensor;
import io.stablesr.image.TorchResize;

/** How a picture's size is changed, all without antialiasing as {@link TorchResize} does it. */
public enum ResizeMode {
  /** Mean of the pixels touched. */
  AREA,
  /** Linear between neighbours. */
  BILINEAR,
  /** Cubic, a = -0.75; overshoots at edges. */
  BICUBIC;

  /** As torch's {@code interpolate(scale_factor=factor)}. */
  public FloatTensor byFactor(FloatTensor picture, double factor) {
    return switch (this) {
      case AREA -> TorchResize.areaByFactor(picture, factor);
      case BILINEAR -> TorchResize.bilinearByFactor(picture, factor);
      case BICUBIC -> TorchResize.bicubicByFactor(picture, factor);
    };
  }

  /** As torch's {@code interpolate(size=(height, width))}. */
  public FloatTensor toSize(FloatTensor picture, int height, int width) {
    return switch (this) {
      case AREA -> TorchResize.area(picture, height, width);
      case BILINEAR -> TorchResize.bilinear(picture, height, width);
      case BICUBIC -> TorchResize.bicubic(picture, height, width);
    };
  }
}
