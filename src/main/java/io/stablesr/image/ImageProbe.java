package io.stablesr.image;

import io.stablesr.core.ErrorCode;
import io.stablesr.core.StableSrException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;

/**
 * Finds format and size of a file from its beginning, for planning.
 *
 * <p>The rest of the file is read only where the header lies behind the first 256 KiB (some TIFF
 * files) or the orientation may (WebP with EXIF). A PNG orientation that is stored behind the
 * pixels is therefore not seen here, but it is by {@link ImageDecoder}.
 */
public final class ImageProbe {
  private static final int PREFIX_BYTES = 256 << 10;

  private final DecodeLimits limits;

  /** A probe that refuses what a decoder with the same limits would refuse. */
  public ImageProbe(DecodeLimits limits) {
    this.limits = limits;
  }

  /**
   * Reads the header; {@code name} is for messages only. The stream is not closed.
   *
   * @throws StableSrException IMAGE_DECODE, IMAGE_UNSUPPORTED or IMAGE_TOO_LARGE, and
   *     INPUT_NOT_FOUND where the stream cannot be read
   */
  public ImageHeader probe(String name, InputStream in) {
    byte[] bytes;
    try {
      bytes = in.readNBytes(PREFIX_BYTES);
      if (bytes.length == PREFIX_BYTES && !headerIsWithin(name, bytes)) {
        ByteArrayOutputStream whole = new ByteArrayOutputStream();
        whole.write(bytes);
        in.transferTo(whole);
        bytes = whole.toByteArray();
      }
    } catch (IOException e) {
      throw ImageDecoder.unreadable(name, e);
    }
    return probe(name, bytes);
  }

  /** As {@link #probe(String, InputStream)}, for a file that is in memory. */
  public ImageHeader probe(String name, byte[] bytes) {
    try (OpenedImage file = OpenedImage.open(name, bytes, limits)) {
      return file.header();
    } catch (IOException | IllegalArgumentException | IndexOutOfBoundsException e) {
      throw ImageDecoder.damaged(name, e);
    }
  }

  private boolean headerIsWithin(String name, byte[] prefix) {
    if (FormatSniffer.sniff(name, prefix) == ImageFormat.WEBP && webpHasExif(prefix)) {
      return false;
    }
    try {
      probe(name, prefix);
      return true;
    } catch (StableSrException e) {
      return e.code() != ErrorCode.IMAGE_DECODE;
    }
  }

  /** WebP stores EXIF behind the pixels and announces it by a flag of the VP8X chunk. */
  private static boolean webpHasExif(byte[] prefix) {
    return prefix[12] == 'V' && prefix[15] == 'X' && (prefix[20] & 0x08) != 0;
  }
}
