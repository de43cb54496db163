package io.stablesr.image;

import com.twelvemonkeys.imageio.stream.ByteArrayImageInputStream;
import io.stablesr.core.ErrorCode;
import io.stablesr.core.StableSrException;
import java.io.IOException;
import javax.imageio.ImageReader;

/** A file whose header has been read and found acceptable; no pixel has been decoded yet. */
final class OpenedImage implements AutoCloseable {
  private final ImageFormat format;
  private final FileMetadata metadata;
  private final ImageReader reader;
  private final int width;
  private final int height;

  private OpenedImage(
      ImageFormat format, FileMetadata metadata, ImageReader reader, int width, int height) {
    this.format = format;
    this.metadata = metadata;
    this.reader = reader;
    this.width = width;
    this.height = height;
  }

  /** Throws whatever the codec throws where the header is damaged. */
  static OpenedImage open(String name, byte[] bytes, DecodeLimits limits) throws IOException {
    ImageFormat format = FormatSniffer.sniff(name, bytes);
    byte[] readable = format == ImageFormat.JPEG ? readableJpeg(bytes) : bytes;
    ImageReader reader = ImageProviders.reader(format);
    try {
      reader.setInput(new ByteArrayImageInputStream(readable), false, true);
      int width = reader.getWidth(0);
      int height = reader.getHeight(0);
      if (width < 1 || height < 1) {
        throw new IOException("the header says %dx%d pixels".formatted(width, height));
      }
      long pixels = (long) width * height;
      if (pixels > limits.maxPixels()) {
        throw new StableSrException(
            ErrorCode.IMAGE_TOO_LARGE,
            "Cannot decode %s: %dx%d is %d pixels, more than the limit of %d; raise the limit or split the image."
                .formatted(name, width, height, pixels, limits.maxPixels()));
      }
      return new OpenedImage(format, FileMetadata.read(format, bytes), reader, width, height);
    } catch (IOException | RuntimeException e) {
      reader.dispose();
      throw e;
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
