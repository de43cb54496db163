package io.stablesr.image;

import io.stablesr.core.FloatTensor;
import java.util.Objects;
import java.util.Optional;

/**
 * A picture as it is to be shown: orientation applied, colours in sRGB.
 *
 * @param rgb {@code [3,H,W]}, sRGB-encoded values 0..1, not multiplied by alpha
 * @param alpha {@code [1,H,W]}, 0 transparent to 1 opaque; empty where every pixel is opaque
 * @param source what the file was
 */
public record DecodedImage(FloatTensor rgb, Optional<FloatTensor> alpha, SourceFacts source) {
  /** Checks the shapes. */
  public DecodedImage {
    Objects.requireNonNull(source, "source");
    Shapes.requireChannels(rgb, 3);
    if (alpha.isPresent()) {
      Shapes.requireChannels(alpha.get(), 1);
      Shapes.requireSameSize(rgb, alpha.get());
    }
  }

  /** Width in pixels. */
  public int width() {
    return rgb.dim(2);
  }

  /** Height in pixels. */
  public int height() {
    return rgb.dim(1);
  }

  /**
   * What a network is to see: {@link #rgb} with the colours under transparent pixels replaced by
   * those of their neighbours, so that no black fringe is sharpened into the picture.
   */
  public FloatTensor bledRgb() {
    return alpha.isPresent() ? AlphaBleed.bleed(rgb, alpha.get()) : rgb;
  }
}
