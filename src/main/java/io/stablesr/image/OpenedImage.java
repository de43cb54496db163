package io.stablesr.image;

import com.twelvemonkeys.imageio.stream.ByteArrayImageInputStream;
import java.io.IOException;
import javax.imageio.ImageReader;

/** A file whose header has been read and found acceptable; no pixel has been decoded yet. */
final class OpenedImage implements AutoCloseable {
  private final ImageFormat format;
  private final FileMetadata metadata;
  private final ImageReader reader;
  private final int width;
  private final int height;
  private final boolean inked;

  private OpenedImage(
      ImageFormat format,
      FileMetadata metadata,
      ImageReader reader,
      int width,
      int height,
      boolean inked) {
    this.format = format;
    this.metadata = metadata;
    this.reader = reader;
    this.width = width;
    this.height = height;
    this.inked = inked;
  }

  /** Throws whatever the codec throws where the header is damaged. */
  static OpenedImage open(String name, byte[] bytes, DecodeLimits limits) throws IOException {
    ImageFormat format = FormatSniffer.sniff(name, bytes);
    requireAcceptableHeader(name, format, bytes, limits);
    byte[] readable = format == ImageFormat.JPEG ? readableJpeg(bytes) : bytes;
    ImageReader reader = ImageProviders.reader(format);
    try {
      reader.setInput(new ByteArrayImageInputStream(readable), false, true);
      int width = reader.getWidth(0);
      int height = reader.getHeight(0);
      if (width < 1 || height < 1) {
        throw new IOException("the header says %dx%d pixels".formatted(width, height));
      }
      // Again, for what the codec finds and the header's own reader does not.
      HeaderReader.requireWithin(limits, name, width, height);
      boolean inked = format == ImageFormat.JPEG && JpegSegments.scan(bytes).components() == 4;
      return new OpenedImage(
          format, FileMetadata.read(format, bytes), reader, width, height, inked);
    } catch (IOException | RuntimeException e) {
      reader.dispose();
      throw e;
    }
  }

  /** Refuses what is too large or has no end before a codec sees it. */
  private static void requireAcceptableHeader(
      String name, ImageFormat format, byte[] bytes, DecodeLimits limits) throws IOException {
    try {
      ImageHeader header = HeaderReader.read(name, FileWindow.of(bytes));
      HeaderReader.requireWithin(limits, name, header.width(), header.height());
    } catch (IOException e) {
      // The codecs read more odd headers than that one does, and complain about the rest.
    }
    if (format == ImageFormat.TIFF) {
      TiffMetadata.requireSoundFields(bytes);
    }
  }

  /** CMYK keeps its profile: there the codec converts the colours itself. */
  private static byte[] readableJpeg(byte[] bytes) {
    JpegSegments segments = JpegSegments.scan(bytes);
    return segments.components() == 4 ? bytes : segments.withoutIccProfile();
  }

  ImageFormat format() {
    return format;
  }

  FileMetadata metadata() {
    return metadata;
  }

  ImageReader reader() {
    return reader;
  }

  /** Whether this is a CMYK or YCCK JPEG file, whose colours the codec converts. */
  boolean isInkedJpeg() {
    return inked;
  }

  int storedWidth() {
    return width;
  }

  int storedHeight() {
    return height;
  }

  ImageHeader header() {
    boolean swap = metadata.orientation().swapsAxes();
    return new ImageHeader(
        format, swap ? height : width, swap ? width : height, metadata.orientation());
  }

  @Override
  public void close() {
    reader.dispose();
  }
}
