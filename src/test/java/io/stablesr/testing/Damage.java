package io.stablesr.testing;

import io.stablesr.core.FloatTensor;
import io.stablesr.image.DecodeLimits;
import io.stablesr.image.ImageDecoder;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Random;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageOutputStream;

/** Makes pictures worse in known ways. */
public final class Damage {
  private Damage() {}

  /** Adds Gaussian noise of so many levels of 8 bits to each colour. */
  public static FloatTensor noise(FloatTensor picture, double levels, long seed) {
    Random random = new Random(seed);
    FloatTensor noisy = picture.copy();
    for (int i = 0; i < noisy.size(); i++) {
      double value = noisy.data()[i] + levels / 255 * random.nextGaussian();
      noisy.data()[i] = (float) Math.max(0, Math.min(1, value));
    }
    return noisy;
  }

  /** Gaussian blur; the border is repeated. */
  public static FloatTensor blur(FloatTensor picture, double sigma) {
    int reach = (int) Math.ceil(3 * sigma);
    double[] kernel = new double[2 * reach + 1];
    double sum = 0;
    for (int i = -reach; i <= reach; i++) {
      kernel[i + reach] = Math.exp(-i * i / (2 * sigma * sigma));
      sum += kernel[i + reach];
    }
    for (int i = 0; i < kernel.length; i++) {
      kernel[i] /= sum;
    }
    return along(along(picture, kernel, 0, 1), kernel, 1, 0);
  }

  private static FloatTensor along(FloatTensor picture, double[] kernel, int dy, int dx) {
    int height = picture.dim(1);
    int width = picture.dim(2);
    int reach = kernel.length / 2;
    FloatTensor out = FloatTensor.zeros(3, height, width);
    for (int c = 0; c < 3; c++) {
      for (int y = 0; y < height; y++) {
        for (int x = 0; x < width; x++) {
          double value = 0;
          for (int i = -reach; i <= reach; i++) {
            int row = Math.max(0, Math.min(height - 1, y + i * dy));
            int column = Math.max(0, Math.min(width - 1, x + i * dx));
            value += kernel[i + reach] * picture.data()[(c * height + row) * width + column];
          }
          out.data()[(c * height + y) * width + x] = (float) value;
        }
      }
    }
    return out;
  }

  /** Compresses as JPEG of this quality, 0..1, and decodes again. */
  public static FloatTensor jpeg(FloatTensor picture, float quality) throws IOException {
    int height = picture.dim(1);
    int width = picture.dim(2);
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        int rgb = 0;
        for (int c = 0; c < 3; c++) {
          rgb = rgb << 8 | Math.round(255 * picture.data()[(c * height + y) * width + x]);
        }
        image.setRGB(x, y, rgb);
      }
    }
    ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
    ImageWriteParam parameters = writer.getDefaultWriteParam();
    parameters.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
    parameters.setCompressionQuality(quality);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ImageOutputStream out = ImageIO.createImageOutputStream(bytes)) {
      writer.setOutput(out);
      writer.write(null, new IIOImage(image, null, null), parameters);
    } finally {
      writer.dispose();
    }
    return new ImageDecoder(DecodeLimits.defaults()).decode("damaged", bytes.toByteArray()).rgb();
  }
}
