package io.stablesr.degrade;

import io.stablesr.core.ErrorCode;
import io.stablesr.core.FloatTensor;
import io.stablesr.core.StableSrException;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.MemoryCacheImageInputStream;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/**
 * The Java runtime's own JPEG writer and reader (IJG's library): the picture is rounded to 8 bit,
 * quality to a whole number, chroma is halved and interpolated.
 */
final class EncodedJpeg {
  private static final String READER = "com.sun.imageio.plugins.jpeg.JPEGImageReader";
  private static final String WRITER = "com.sun.imageio.plugins.jpeg.JPEGImageWriter";

  private EncodedJpeg() {}

  /** The picture {@code [3,H,W]} in 0..1 after compression with {@code quality} 1..100. */
  static FloatTensor apply(FloatTensor picture, double quality) {
    try {
      return decode(encode(toImage(picture), (int) Math.rint(quality)));
    } catch (IOException e) {
      throw new StableSrException(
          ErrorCode.INTERNAL,
          "The JPEG codec of this Java runtime failed on %dx%d pixels: %s."
              .formatted(picture.dim(2), picture.dim(1), e.getMessage()),
          e);
    }
  }

  private static byte[] encode(BufferedImage image, int quality) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ImageWriter writer = find(ImageIO.getImageWritersByFormatName("jpeg"), WRITER);
    try (MemoryCacheImageOutputStream out = new MemoryCacheImageOutputStream(bytes)) {
      ImageWriteParam param = writer.getDefaultWriteParam();
      param.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
      param.setCompressionQuality(quality / 100f);
      writer.setOutput(out);
      writer.write(null, new IIOImage(image, null, null), param);
    } finally {
      writer.dispose();
    }
    return bytes.toByteArray();
  }

  private static FloatTensor decode(byte[] file) throws IOException {
    ImageReader reader = find(ImageIO.getImageReadersByFormatName("jpeg"), READER);
    try (MemoryCacheImageInputStream in =
        new MemoryCacheImageInputStream(new ByteArrayInputStream(file))) {
      reader.setInput(in);
      return toTensor(reader.read(0));
    } finally {
      reader.dispose();
    }
  }

  /** Other plug-ins may be installed; results must not depend on them. */
  private static <T> T find(java.util.Iterator<T> found, String className) {
    while (found.hasNext()) {
      T codec = found.next();
      if (codec.getClass().getName().equals(className)) {
        return codec;
      }
    }
    throw new StableSrException(
        ErrorCode.CONFIG,
        "This Java runtime has no %s; choose jpeg-codec = simulated.".formatted(className));
  }

  private static BufferedImage toImage(FloatTensor picture) {
    int height = picture.dim(1);
    int width = picture.dim(2);
    int plane = height * width;
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    int[] pixels = new int[plane];
    for (int i = 0; i < plane; i++) {
      pixels[i] =
          level(picture.data()[i]) << 16
              | level(picture.data()[plane + i]) << 8
              | level(picture.data()[2 * plane + i]);
    }
    image.setRGB(0, 0, width, height, pixels, 0, width);
    return image;
  }

  private static FloatTensor toTensor(BufferedImage image) {
    int height = image.getHeight();
    int width = image.getWidth();
    int plane = height * width;
    int[] pixels = image.getRGB(0, 0, width, height, null, 0, width);
    FloatTensor picture = FloatTensor.zeros(3, height, width);
    for (int i = 0; i < plane; i++) {
      picture.data()[i] = (pixels[i] >> 16 & 0xFF) / 255f;
      picture.data()[plane + i] = (pixels[i] >> 8 & 0xFF) / 255f;
      picture.data()[2 * plane + i] = (pixels[i] & 0xFF) / 255f;
    }
    return picture;
  }

  private static int level(float value) {
    return Math.min(Math.max(Math.round(value * 255f), 0), 255);
  }
}
