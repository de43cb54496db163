package io.stablesr;

import io.stablesr.core.FloatTensor;
import io.stablesr.image.BitDepth;
import io.stablesr.image.ImageEncoder;
import io.stablesr.image.OutputFormat;
import io.stablesr.image.PixelRounding;
import java.io.ByteArrayOutputStream;
import java.util.Map;
import java.util.Optional;

/** Small pictures made on the spot. */
public final class TestImages {
  private TestImages() {}

  /** A colour ramp as PNG. */
  public static byte[] png(int width, int height) {
    return encode(width, height, new OutputFormat.Png(BitDepth.EIGHT));
  }

  /** A colour ramp as JPEG. */
  public static byte[] jpeg(int width, int height) {
    return encode(width, height, new OutputFormat.Jpeg(90));
  }

  private static byte[] encode(int width, int height, OutputFormat format) {
    float[] data = new float[3 * width * height];
    for (int i = 0; i < data.length; i++) {
      data[i] = (i % width) / (float) width * 0.9f;
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    new ImageEncoder(format, PixelRounding.ROUND)
        .encode(FloatTensor.of(data, 3, height, width), Optional.empty(), Map.of(), bytes);
    return bytes.toByteArray();
  }
}
