package io.stablesr.image;

import io.stablesr.core.FloatTensor;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.DataBufferByte;
import java.awt.image.PixelInterleavedSampleModel;
import java.awt.image.Raster;
import java.awt.image.WritableRaster;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageTypeSpecifier;
import javax.imageio.ImageWriter;
import javax.imageio.plugins.tiff.BaselineTIFFTagSet;
import javax.imageio.plugins.tiff.TIFFDirectory;
import javax.imageio.plugins.tiff.TIFFField;
import javax.imageio.plugins.tiff.TIFFTag;
import javax.imageio.stream.ImageOutputStream;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/** Image files made in memory. */
final class SampleFiles {
  private SampleFiles() {}

  static byte[] encode(OutputFormat format, FloatTensor rgb) {
    return encode(format, rgb, Optional.empty(), Map.of());
  }

  static byte[] encode(
      OutputFormat format, FloatTensor rgb, Optional<FloatTensor> alpha, Map<String, String> text) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    new ImageEncoder(format, PixelRounding.ROUND).encode(rgb, alpha, text, out);
    return out.toByteArray();
  }

  /** What ImageIO itself writes. */
  static byte[] imageIo(BufferedImage image, String format) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      if (!ImageIO.write(image, format, out)) {
        throw new AssertionError("No writer for " + format);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  /** The kind of picture that every writer of ImageIO takes. */
  static BufferedImage bgr(FloatTensor rgb) {
    BufferedImage image = new BufferedImage(rgb.dim(2), rgb.dim(1), BufferedImage.TYPE_3BYTE_BGR);
    image
        .getRaster()
        .setRect(
            PixelImage.of(rgb, Optional.empty(), BitDepth.EIGHT, PixelRounding.ROUND).getRaster());
    return image;
  }

  /** A TIFF file with an embedded profile. */
  static byte[] tiffWithProfile(FloatTensor rgb, BitDepth depth, byte[] profile) {
    BufferedImage image = PixelImage.of(rgb, Optional.empty(), depth, PixelRounding.ROUND);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (ImageOutputStream stream = new MemoryCacheImageOutputStream(out)) {
      ImageWriter writer = ImageProviders.writer("tiff");
      TIFFDirectory directory =
          TIFFDirectory.createFromMetadata(
              writer.getDefaultImageMetadata(
                  ImageTypeSpecifier.createFromRenderedImage(image),
                  writer.getDefaultWriteParam()));
      directory.addTIFFField(
          new TIFFField(
              BaselineTIFFTagSet.getInstance().getTag(BaselineTIFFTagSet.TAG_ICC_PROFILE),
              TIFFTag.TIFF_UNDEFINED,
              profile.length,
              profile));
      writer.setOutput(stream);
      writer.write(null, new IIOImage(image, null, directory.getAsMetadata()), null);
      writer.dispose();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  /** Four raw components per pixel under the given colour space, written without conversion. */
  static byte[] cmyk(int width, int height, byte[] samples, String format) {
    ImageWriter writer = ImageIO.getImageWritersByFormatName(format).next();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      WritableRaster raster =
          Raster.createWritableRaster(
              new PixelInterleavedSampleModel(
                  DataBuffer.TYPE_BYTE, width, height, 4, 4 * width, new int[] {0, 1, 2, 3}),
              new DataBufferByte(samples, samples.length),
              null);
      ComponentColorModel model =
          new ComponentColorModel(new PlainCmyk(), false, false, 1, DataBuffer.TYPE_BYTE);
      BufferedImage image = new BufferedImage(model, raster, false, null);
      try (ImageOutputStream stream = new MemoryCacheImageOutputStream(out)) {
        writer.setOutput(stream);
        writer.write(
            null,
            new IIOImage(
                image,
                null,
                writer.getDefaultImageMetadata(
                    ImageTypeSpecifier.createFromRenderedImage(image), null)),
            null);
      }
      return out.toByteArray();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      writer.dispose();
    }
  }

  /** A PNG of these chunks between signature and IEND; IDAT is the deflated {@code scanlines}. */
  static byte[] png(
      int width, int height, int bits, int colorType, byte[] scanlines, byte[]... extraChunks) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(new byte[] {(byte) 0x89, 'P', 'N', 'G', 0x0d, 0x0a, 0x1a, 0x0a});
    byte[] header =
        ByteBuffer.allocate(13)
            .putInt(width)
            .putInt(height)
            .put((byte) bits)
            .put((byte) colorType)
            .array();
    out.writeBytes(chunk("IHDR", header));
    for (byte[] extra : extraChunks) {
      out.writeBytes(extra);
    }
    out.writeBytes(chunk("IDAT", deflate(scanlines)));
    out.writeBytes(chunk("IEND", new byte[0]));
    return out.toByteArray();
  }

  static byte[] chunk(String type, byte[] payload) {
    byte[] name = type.getBytes(StandardCharsets.US_ASCII);
    CRC32 crc = new CRC32();
    crc.update(name);
    crc.update(payload);
    return ByteBuffer.allocate(12 + payload.length)
        .putInt(payload.length)
        .put(name)
        .put(payload)
        .putInt((int) crc.getValue())
        .array();
  }

  static byte[] iccChunk(byte[] profile) {
    ByteArrayOutputStream payload = new ByteArrayOutputStream();
    payload.writeBytes("test\0\0".getBytes(StandardCharsets.US_ASCII));
    payload.writeBytes(deflate(profile));
    return chunk("iCCP", payload.toByteArray());
  }

  static byte[] deflate(byte[] data) {
    Deflater deflater = new Deflater();
    deflater.setInput(data);
    deflater.finish();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    byte[] buffer = new byte[4096];
    while (!deflater.finished()) {
      out.write(buffer, 0, deflater.deflate(buffer));
    }
    deflater.end();
    return out.toByteArray();
  }

  /** A TIFF structure with an orientation and nothing else. */
  static byte[] exif(int orientation) {
    return ByteBuffer.allocate(26)
        .put(new byte[] {'M', 'M', 0, 42})
        .putInt(8)
        .putShort((short) 1)
        .putShort((short) 0x0112)
        .putShort((short) 3)
        .putInt(1)
        .putShort((short) orientation)
        .putShort((short) 0)
        .putInt(0)
        .array();
  }

  /** {@code jpeg} with a further segment behind its first marker. */
  static byte[] withJpegSegment(byte[] jpeg, int marker, String name, byte[] payload) {
    byte[] prefix = name.getBytes(StandardCharsets.US_ASCII);
    ByteBuffer out = ByteBuffer.allocate(jpeg.length + 4 + prefix.length + payload.length);
    out.put(jpeg, 0, 2).put((byte) 0xff).put((byte) marker);
    out.putShort((short) (2 + prefix.length + payload.length)).put(prefix).put(payload);
    return out.put(jpeg, 2, jpeg.length - 2).array();
  }

  /** A file of the pictures that the WebP codec is tested with. */
  static byte[] webp(String name) {
    try (InputStream in = SampleFiles.class.getResourceAsStream("/webp/" + name)) {
      if (in == null) {
        throw new AssertionError("No resource /webp/" + name);
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Only names the components; nothing is converted when a file is written. */
  private static final class PlainCmyk extends ColorSpace {
    private static final long serialVersionUID = 1L;

    PlainCmyk() {
      super(ColorSpace.TYPE_CMYK, 4);
    }

    @Override
    public float[] toRGB(float[] c) {
      float k = 1 - c[3];
      return new float[] {(1 - c[0]) * k, (1 - c[1]) * k, (1 - c[2]) * k};
    }

    @Override
    public float[] fromRGB(float[] rgb) {
      return new float[] {1 - rgb[0], 1 - rgb[1], 1 - rgb[2], 0};
    }

    @Override
    public float[] toCIEXYZ(float[] c) {
      throw new UnsupportedOperationException();
    }

    @Override
    public float[] fromCIEXYZ(float[] xyz) {
      throw new UnsupportedOperationException();
    }
  }
}
