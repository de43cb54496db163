package io.stablesr.metric;

import io.stablesr.core.FloatTensor;

/** Which channels of a picture a metric sees. */
public enum MetricColor {
  /** {@code Y = (65.481 R + 128.553 G + 24.966 B + 16) / 255}: BT.601 in studio range. */
  YCBCR_LUMA,
  /** {@code Y = 0.299 R + 0.587 G + 0.114 B}: BT.601 in full range. */
  YIQ_LUMA,
  /** All three. */
  RGB;

  /** The channels {@code [n][H*W]} in 0..1. */
  double[][] channels(FloatTensor picture) {
    int plane = picture.dim(1) * picture.dim(2);
    float[] in = picture.data();
    double[][] channels = new double[this == RGB ? 3 : 1][plane];
    for (int i = 0; i < plane; i++) {
      double red = in[i];
      double green = in[plane + i];
      double blue = in[2 * plane + i];
      switch (this) {
        case YCBCR_LUMA ->
            channels[0][i] = (65.481 * red + 128.553 * green + 24.966 * blue + 16) / 255;
        case YIQ_LUMA -> channels[0][i] = 0.299 * red + 0.587 * green + 0.114 * blue;
        case RGB -> {
          channels[0][i] = red;
          channels[1][i] = green;
          channels[2][i] = blue;
        }
      }
    }
    return channels;
  }

  /** Luma in whole 8-bit levels, {@code [H*W]}; ties, which are common, go to the even level. */
  double[] levels(FloatTensor picture) {
    double[] luma = channels(picture)[0];
    int plane = luma.length;
    float[] in = picture.data();
    for (int i = 0; i < plane; i++) {
      // From whole levels, since 0.299 * k / 255 * 255 would move what lies on a tie.
      double red = Math.rint(in[i] * 255.0);
      double green = Math.rint(in[plane + i] * 255.0);
      double blue = Math.rint(in[2 * plane + i] * 255.0);
      luma[i] =
          this == YIQ_LUMA
              ? Math.rint((299 * red + 587 * green + 114 * blue) / 1000)
              : Math.rint(luma[i] * 255);
    }
    return luma;
  }
}
