package io.stablesr.image;

import io.stablesr.core.ErrorCode;
import io.stablesr.core.StableSrException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Format, size and orientation of a file from few of its bytes, without any codec. */
final class HeaderReader {
  private static final int MAX_SEGMENTS = 4096;

  /** Longer EXIF blocks are not looked into for the orientation. */
  private static final int MAX_EXIF_BYTES = 1 << 20;

  private final FileWindow file;

  private HeaderReader(FileWindow file) {
    this.file = file;
  }

  /**
   * Reads the header.
   *
   * @throws StableSrException for a file that is no picture, or of a kind that is not supported
   * @throws IOException for a damaged header
   */
  static ImageHeader read(String name, FileWindow file) throws IOException {
    ImageFormat format = FormatSniffer.sniff(name, file.atMost(0, 32));
    HeaderReader reader = new HeaderReader(file);
    return switch (format) {
      case JPEG -> reader.jpeg();
      case PNG -> reader.png();
      case WEBP -> reader.webp();
      case TIFF -> reader.tiff();
      case BMP -> reader.bmp();
      case GIF -> reader.gif();
    };
  }

  /** Refuses what the limits forbid; {@code name} is for the message. */
  static void requireWithin(DecodeLimits limits, String name, long width, long height) {
    // Products of 32-bit numbers fit into an unsigned 64-bit one; BigTIFF may claim more.
    long pixels =
        width > Integer.MAX_VALUE || height > Integer.MAX_VALUE ? Long.MAX_VALUE : width * height;
    if (pixels > limits.maxPixels()) {
      throw new StableSrException(
          ErrorCode.IMAGE_TOO_LARGE,
          "Cannot decode %s: %dx%d is %d pixels, more than the limit of %d; raise the limit or split the image."
              .formatted(name, width, height, pixels, limits.maxPixels()));
    }
    long ratio = Math.max(width, height) / Math.min(width, height);
    if (ratio > limits.maxAspectRatio()) {
      throw new StableSrException(
          ErrorCode.IMAGE_TOO_LARGE,
          "Cannot decode %s: of %dx%d pixels one side is %d times the other, more than the limit of %d; raise the limit or split the image."
              .formatted(name, width, height, ratio, limits.maxAspectRatio()));
    }
  }

  private ImageHeader jpeg() throws IOException {
    Orientation orientation = Orientation.NORMAL;
    long at = 2;
    for (int i = 0; i < MAX_SEGMENTS; i++) {
      ByteBuffer start = ByteBuffer.wrap(file.read(at, 4));
      int marker = start.getShort() & 0xffff;
      if (marker == 0xffff || marker < 0xff00 || marker == 0xff00) {
        at++;
        continue;
      }
      if (marker == 0xff01 || (marker >= 0xffd0 && marker <= 0xffd8)) {
        at += 2;
        continue;
      }
      if (marker == 0xffda || marker == 0xffd9) {
        throw new IOException("there is no frame header before the pixels");
      }
      int length = start.getShort() & 0xffff;
      boolean frame = marker >= 0xffc0 && marker <= 0xffcf;
      if (frame && marker != 0xffc4 && marker != 0xffc8 && marker != 0xffcc) {
        ByteBuffer sizes = ByteBuffer.wrap(file.read(at + 5, 4));
        int height = sizes.getShort() & 0xffff;
        return header(ImageFormat.JPEG, sizes.getShort() & 0xffff, height, orientation);
      }
      if (marker == 0xffe1 && length > 16) {
        orientation = exifSegment(at + 4, length - 2, orientation);
      }
      at += 2L + Math.max(length, 2);
    }
    throw new IOException(
        "there is no frame header in its first %d segments".formatted(MAX_SEGMENTS));
  }

  private Orientation exifSegment(long position, int length, Orientation otherwise)
      throws IOException {
    byte[] name = file.atMost(position, 6);
    if (!new String(name, StandardCharsets.ISO_8859_1).equals("Exif\0\0")) {
      return otherwise;
    }
    return ExifBlock.orientation(file.atMost(position + 6, length - 6));
  }

  private ImageHeader png() throws IOException {
    ByteBuffer sizes = ByteBuffer.wrap(file.read(16, 8));
    int width = sizes.getInt();
    int height = sizes.getInt();
    Orientation orientation = Orientation.NORMAL;
    long at = 33;
    for (int i = 0; i < MAX_SEGMENTS; i++) {
      byte[] start = file.atMost(at, 8);
      if (start.length < 8) {
        break;
      }
      long length = ByteBuffer.wrap(start).getInt() & 0xffffffffL;
      String type = new String(start, 4, 4, StandardCharsets.ISO_8859_1);
      if (type.equals("IDAT")) {
        break;
      }
      if (type.equals("eXIf") && length < MAX_EXIF_BYTES) {
        orientation = ExifBlock.orientation(file.atMost(at + 8, (int) length));
        break;
      }
      at += 12 + length;
    }
    return header(ImageFormat.PNG, width, height, orientation);
  }

  private ImageHeader webp() throws IOException {
    ByteBuffer start = ByteBuffer.wrap(file.read(0, 30)).order(ByteOrder.LITTLE_ENDIAN);
    String kind = new String(start.array(), 12, 4, StandardCharsets.ISO_8859_1);
    return switch (kind) {
      case "VP8 " ->
          header(
              ImageFormat.WEBP,
              start.getShort(26) & 0x3fff,
              start.getShort(28) & 0x3fff,
              Orientation.NORMAL);
      case "VP8L" -> {
        int bits = start.getInt(21);
        yield header(
            ImageFormat.WEBP, 1 + (bits & 0x3fff), 1 + (bits >> 14 & 0x3fff), Orientation.NORMAL);
      }
      case "VP8X" -> {
        int width = 1 + (start.getInt(24) & 0xffffff);
        int height = 1 + (start.getInt(26) >>> 8);
        boolean exif = (start.get(20) & 0x08) != 0;
        yield header(ImageFormat.WEBP, width, height, exif ? webpExif() : Orientation.NORMAL);
      }
      default -> throw new IOException("it does not begin with a picture");
    };
  }

  private Orientation webpExif() throws IOException {
    long at = 12;
    for (int i = 0; i < MAX_SEGMENTS; i++) {
      byte[] start = file.atMost(at, 8);
      if (start.length < 8) {
        break;
      }
      long length = ByteBuffer.wrap(start).order(ByteOrder.LITTLE_ENDIAN).getInt(4) & 0xffffffffL;
      String type = new String(start, 0, 4, StandardCharsets.ISO_8859_1);
      if (type.equals("EXIF") && length < MAX_EXIF_BYTES) {
        return ExifBlock.orientation(ExifBlock.unnamed(file.atMost(at + 8, (int) length)));
      }
      at += 8 + length + (length & 1);
    }
    return Orientation.NORMAL;
  }

  private ImageHeader tiff() throws IOException {
    TiffReader reader = new TiffReader(file);
    TiffReader.Directory directory = reader.directory(reader.first());
    long width = reader.number(directory, 256).orElse(0);
    long height = reader.number(directory, 257).orElse(0);
    long orientation = reader.number(directory, 274).orElse(1);
    return header(
        ImageFormat.TIFF,
        clamped(width),
        clamped(height),
        Orientation.ofExif((int) Math.min(orientation, 9)));
  }

  private ImageHeader bmp() throws IOException {
    ByteBuffer start =
        ByteBuffer.wrap(Arrays.copyOf(file.atMost(0, 26), 26)).order(ByteOrder.LITTLE_ENDIAN);
    boolean old = start.getInt(14) == 12;
    int width = old ? start.getShort(18) & 0xffff : start.getInt(18);
    int height = old ? start.getShort(20) & 0xffff : start.getInt(22);
    // A negative height says that the rows are stored from top to bottom.
    return header(ImageFormat.BMP, width, clamped(Math.abs((long) height)), Orientation.NORMAL);
  }

  /** The first frame; it may be smaller than the screen it is drawn on. */
  private ImageHeader gif() throws IOException {
    byte[] start = file.read(0, 13);
    long at = 13 + ((start[10] & 0x80) != 0 ? 3L << (1 + (start[10] & 7)) : 0);
    for (int i = 0; i < MAX_SEGMENTS; i++) {
      int kind = file.read(at, 1)[0] & 0xff;
      if (kind == 0x2c) {
        ByteBuffer frame = ByteBuffer.wrap(file.read(at + 5, 4)).order(ByteOrder.LITTLE_ENDIAN);
        int width = frame.getShort() & 0xffff;
        return header(ImageFormat.GIF, width, frame.getShort() & 0xffff, Orientation.NORMAL);
      }
      if (kind != 0x21) {
        break;
      }
      at += 2;
      for (int length = 1; length != 0; at += 1 + length) {
        length = file.read(at, 1)[0] & 0xff;
      }
    }
    throw new IOException("there is no frame");
  }

  private static int clamped(long size) {
    return (int) Math.min(Math.max(size, 0), Integer.MAX_VALUE);
  }

  private static ImageHeader header(
      ImageFormat format, int width, int height, Orientation orientation) throws IOException {
    if (width < 1 || height < 1) {
      throw new IOException("the header says %dx%d pixels".formatted(width, height));
    }
    return orientation.swapsAxes()
        ? new ImageHeader(format, height, width, orientation)
        : new ImageHeader(format, width, height, orientation);
  }
}
