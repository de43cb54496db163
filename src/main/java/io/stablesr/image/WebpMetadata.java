package io.stablesr.image;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** The metadata chunks of a WebP file. */
final class WebpMetadata {
  private WebpMetadata() {}

  static void collect(byte[] bytes, MetadataCollector collector) {
    ByteBuffer file = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    int frames = 0;
    long at = 12;
    while (at + 8 <= bytes.length) {
      long length = file.getInt((int) at + 4) & 0xffffffffL;
      if (at + 8 + length > bytes.length) {
        break;
      }
      int start = (int) at + 8;
      int end = (int) (start + length);
      switch (new String(bytes, (int) at, 4, StandardCharsets.ISO_8859_1)) {
        case "EXIF" -> collector.exif(ExifBlock.unnamed(Arrays.copyOfRange(bytes, start, end)));
        case "ICCP" -> collector.profile(Arrays.copyOfRange(bytes, start, end));
        case "XMP " -> collector.xmp(Arrays.copyOfRange(bytes, start, end));
        case "ANMF" -> frames++;
        default -> {
          // Pixels, or a chunk that means nothing here.
        }
      }
      at += 8 + length + (length & 1);
    }
    if (frames > 1) {
      collector.severalPictures("animated with %d frames".formatted(frames));
    }
  }
}
