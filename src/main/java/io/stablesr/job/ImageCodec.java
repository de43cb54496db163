package io.stablesr.job;

import io.stablesr.core.ErrorCode;
import io.stablesr.core.FloatTensor;
import io.stablesr.core.StableSrException;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Iterator;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;

/** Between files and pictures, as the job needs it. */
public final class ImageCodec {
  private final long maxPixels;
  private final PixelRounding rounding;

  /** A codec for a job's limits and format. */
  public ImageCodec(JobOptions options) {
    this.maxPixels = options.maxPixels();
    this.rounding = options.pixelRounding();
  }

  /** Width x height from the header alone. */
  public static long probePixels(InputStream stream) throws IOException {
    try (ImageInputStream input = ImageIO.createImageInputStream(stream)) {
      Iterator<ImageReader> readers = ImageIO.getImageReaders(input);
      if (!readers.hasNext()) {
        throw new IOException("not an image");
      }
      ImageReader reader = readers.next();
      try {
        reader.setInput(input);
        return (long) reader.getWidth(0) * reader.getHeight(0);
      } finally {
        reader.dispose();
      }
    }
  }

  /** Decodes to {@code [3,H,W]}, sRGB, 0..1. */
  public FloatTensor decode(String name, byte[] file) {
    BufferedImage image;
    try {
      long pixels = probePixels(new ByteArrayInputStream(file));
      if (pixels > maxPixels) {
        throw new StableSrException(
            ErrorCode.IMAGE_TOO_LARGE,
            "The image has %d pixels; job.max-pixels is %d.".formatted(pixels, maxPixels));
      }
      image = ImageIO.read(new ByteArrayInputStream(file));
    } catch (IOException | RuntimeException e) {
      if (e instanceof StableSrException ours) {
        throw ours;
      }
      throw new StableSrException(
          ErrorCode.IMAGE_DECODE,
          "%s is not a readable image: %s.".formatted(name, e.getMessage()),
          e);
    }
    int width = image.getWidth();
    int height = image.getHeight();
    float[] data = new float[3 * width * height];
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        int rgb = image.getRGB(x, y);
        for (int c = 0; c < 3; c++) {
          data[(c * height + y) * width + x] = ((rgb >> (16 - 8 * c)) & 255) / 255f;
        }
      }
    }
    return FloatTensor.of(data, 3, height, width);
  }

  /** Encodes {@code [3,H,W]}, sRGB, 0..1, as an 8-bit PNG. */
  public byte[] encode(FloatTensor image) {
    int height = image.dim(1);
    int width = image.dim(2);
    BufferedImage buffer = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    float[] data = image.data();
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        int rgb = 0;
        for (int c = 0; c < 3; c++) {
          rgb = rgb << 8 | level(data[(c * height + y) * width + x]);
        }
        buffer.setRGB(x, y, rgb);
      }
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      ImageIO.write(buffer, "png", bytes);
    } catch (IOException e) {
      throw new StableSrException(ErrorCode.INTERNAL, "The result cannot be encoded.", e);
    }
    return bytes.toByteArray();
  }

  private int level(float value) {
    float scaled = 255 * Math.min(1, Math.max(0, value));
    return rounding == PixelRounding.TRUNCATE ? (int) scaled : Math.round(scaled);
  }
}
