package io.stablesr.jmh;

import io.stablesr.core.FloatTensor;
import io.stablesr.image.Borders;
import io.stablesr.image.DecodeLimits;
import io.stablesr.image.ImageDecoder;
import java.io.IOException;
import java.io.InputStream;

/**
 * Parts of a photograph of 3968x2976 pixels in the test jar of TwelveMonkeys' JPEG plug-in: what
 * files and metrics cost depends on what is in a picture, so noise would not do.
 */
final class Photograph {
  private static final String FILE = "/jpeg/jfif-with-preview-as-second-image.jpg";

  private Photograph() {}

  /**
   * The square in the middle.
   *
   * @param sidePixels 1..2976
   * @return {@code [3,sidePixels,sidePixels]} in 0..1
   */
  static FloatTensor middle(int sidePixels) throws IOException {
    try (InputStream in = Photograph.class.getResourceAsStream(FILE)) {
      FloatTensor whole = new ImageDecoder(DecodeLimits.defaults()).decode(FILE, in).rgb();
      return Borders.centerCrop(whole, sidePixels, sidePixels);
    }
  }
}
