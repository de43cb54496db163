package io.stablesr.image;

/** Whether a GIF file has a second frame; it holds no metadata that are kept. */
final class GifMetadata {
  private static final int EXTENSION = 0x21;
  private static final int FRAME = 0x2c;

  private GifMetadata() {}

  static void collect(byte[] bytes, MetadataCollector collector) {
    int frames = 0;
    int at = 13 + (bytes.length > 10 ? colorTableBytes(bytes[10]) : 0);
    while (at + 10 < bytes.length) {
      int kind = bytes[at] & 0xff;
      if (kind == FRAME) {
        frames++;
        if (frames == 2) {
          collector.severalPictures("animated");
          return;
        }
        // The frame's header, its colours, and the size of its first code.
        at += 10 + colorTableBytes(bytes[at + 9]) + 1;
      } else if (kind == EXTENSION) {
        at += 2;
      } else {
        return;
      }
      at = afterBlocks(bytes, at);
    }
  }

  private static int colorTableBytes(byte flags) {
    return (flags & 0x80) != 0 ? 3 << (1 + (flags & 7)) : 0;
  }

  /** Blocks of up to 255 bytes, each behind its length, the last of length 0. */
  private static int afterBlocks(byte[] bytes, int start) {
    int at = start;
    while (at < bytes.length && bytes[at] != 0) {
      at += 1 + (bytes[at] & 0xff);
    }
    return at + 1;
  }
}
