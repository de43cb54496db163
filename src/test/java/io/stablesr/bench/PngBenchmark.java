package io.stablesr.bench;

import io.stablesr.core.FloatTensor;
import io.stablesr.image.BitDepth;
import io.stablesr.image.DecodeLimits;
import io.stablesr.image.ImageDecoder;
import io.stablesr.image.ImageEncoder;
import io.stablesr.image.OutputFormat;
import io.stablesr.image.PictureRequest;
import io.stablesr.image.PixelRounding;
import io.stablesr.image.StripWriter;
import java.awt.Point;
import java.awt.Transparency;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.DataBufferByte;
import java.awt.image.DataBufferUShort;
import java.awt.image.PixelInterleavedSampleModel;
import java.awt.image.Raster;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.util.Map;
import java.util.Optional;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/**
 * Times PNG files of a photograph: the row writer of this project against the JDK's writer at the
 * same deflate level, in turn, the least processor time of several rounds. Then writes a picture of
 * 16,000 x 12,000 pixels in strips and tells how much heap that took.
 */
public final class PngBenchmark {
  private static final String PHOTO = "/jpeg/jfif-with-preview-as-second-image.jpg";
  private static final int ROUNDS = 4;

  private PngBenchmark() {}

  /** Takes no arguments. */
  public static void main(String[] args) throws IOException {
    FloatTensor photo;
    try (InputStream in = PngBenchmark.class.getResourceAsStream(PHOTO)) {
      photo = new ImageDecoder(DecodeLimits.defaults()).decode(PHOTO, in).rgb();
    }
    for (BitDepth depth : BitDepth.values()) {
      compare(photo, depth);
    }
    strips(photo);
  }

  private static void compare(FloatTensor photo, BitDepth depth) throws IOException {
    long rows = Long.MAX_VALUE;
    long jdk = Long.MAX_VALUE;
    int rowsBytes = 0;
    int jdkBytes = 0;
    for (int round = 0; round < ROUNDS; round++) {
      ByteArrayOutputStream out = new ByteArrayOutputStream(64 << 20);
      long start = cpuNanos();
      new ImageEncoder(new OutputFormat.Png(depth), PixelRounding.ROUND)
          .encode(photo, Optional.empty(), Map.of(), out);
      rows = Math.min(rows, cpuNanos() - start);
      rowsBytes = out.size();
      out.reset();
      start = cpuNanos();
      writeWithJdk(interleaved(photo, depth), out);
      jdk = Math.min(jdk, cpuNanos() - start);
      jdkBytes = out.size();
    }
    System.out.printf(
        "%dx%d, %d bits: rows %d ms, %d bytes; JDK %d ms, %d bytes; time %.2f, size %.2f%n",
        photo.dim(2),
        photo.dim(1),
        depth.bits(),
        rows / 1_000_000,
        rowsBytes,
        jdk / 1_000_000,
        jdkBytes,
        (double) rows / jdk,
        (double) rowsBytes / jdkBytes);
  }

  private static void strips(FloatTensor photo) {
    int width = 16_000;
    int stripRows = 64;
    FloatTensor strip = FloatTensor.zeros(3, stripRows, width);
    for (int i = 0; i < strip.size(); i++) {
      strip.data()[i] = photo.data()[i % photo.size()];
    }
    for (OutputFormat format :
        new OutputFormat[] {
          new OutputFormat.Png(BitDepth.SIXTEEN), new OutputFormat.Tiff(BitDepth.SIXTEEN)
        }) {
      long start = cpuNanos();
      long peak = 0;
      PictureRequest request = PictureRequest.plain(width, 12_000, Optional.empty(), Map.of());
      Runtime runtime = Runtime.getRuntime();
      runtime.gc();
      long before = runtime.totalMemory() - runtime.freeMemory();
      try (StripWriter writer =
          new ImageEncoder(format, PixelRounding.ROUND)
              .open(request, OutputStream.nullOutputStream())) {
        for (int y = 0; y < 12_000; y += stripRows) {
          int count = Math.min(stripRows, 12_000 - y);
          writer.write(count == stripRows ? strip : FloatTensor.zeros(3, count, width));
          if (y % (100 * stripRows) == 0) {
            runtime.gc();
            peak = Math.max(peak, runtime.totalMemory() - runtime.freeMemory() - before);
          }
        }
        writer.finish();
      }
      System.out.printf(
          "%dx12000 %s, 16 bits, in strips: %d ms, %d KiB of heap beside the strip%n",
          width, format.extension(), (cpuNanos() - start) / 1_000_000, peak >> 10);
    }
  }

  private static BufferedImage interleaved(FloatTensor rgb, BitDepth depth) {
    int plane = rgb.dim(1) * rgb.dim(2);
    DataBuffer buffer =
        depth == BitDepth.EIGHT ? new DataBufferByte(3 * plane) : new DataBufferUShort(3 * plane);
    byte[] bytes = buffer instanceof DataBufferByte b ? b.getData() : null;
    short[] shorts = buffer instanceof DataBufferUShort s ? s.getData() : null;
    for (int c = 0; c < 3; c++) {
      for (int i = 0; i < plane; i++) {
        int level = (int) (rgb.data()[c * plane + i] * depth.max() + 0.5f);
        if (bytes != null) {
          bytes[3 * i + c] = (byte) level;
        } else {
          shorts[3 * i + c] = (short) level;
        }
      }
    }
    ComponentColorModel model =
        new ComponentColorModel(
            ColorSpace.getInstance(ColorSpace.CS_sRGB),
            false,
            false,
            Transparency.OPAQUE,
            buffer.getDataType());
    PixelInterleavedSampleModel samples =
        new PixelInterleavedSampleModel(
            buffer.getDataType(), rgb.dim(2), rgb.dim(1), 3, 3 * rgb.dim(2), new int[] {0, 1, 2});
    return new BufferedImage(
        model, Raster.createWritableRaster(samples, buffer, new Point(0, 0)), false, null);
  }

  private static void writeWithJdk(BufferedImage image, OutputStream out) throws IOException {
    ImageWriter writer = ImageIO.getImageWritersByFormatName("png").next();
    try (MemoryCacheImageOutputStream stream = new MemoryCacheImageOutputStream(out)) {
      ImageWriteParam param = writer.getDefaultWriteParam();
      param.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
      // Level 4 of 9.
      param.setCompressionQuality(5f / 9f);
      writer.setOutput(stream);
      writer.write(null, new IIOImage(image, null, null), param);
    } finally {
      writer.dispose();
    }
  }

  private static long cpuNanos() {
    return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
  }
}
