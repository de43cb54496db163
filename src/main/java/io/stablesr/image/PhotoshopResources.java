package io.stablesr.image;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/** Photoshop's image resource blocks, in which JPEG and TIFF files carry IPTC records. */
final class PhotoshopResources {
  private static final int IPTC = 0x0404;
  private static final byte[] SIGNATURE = "8BIM".getBytes(StandardCharsets.US_ASCII);

  private PhotoshopResources() {}

  /** The IPTC-IIM records in the blocks. */
  static Optional<byte[]> iptc(byte[] blocks) {
    ByteBuffer in = ByteBuffer.wrap(blocks);
    int at = 0;
    while (at + 12 <= blocks.length) {
      if (!Arrays.equals(blocks, at, at + 4, SIGNATURE, 0, 4)) {
        return Optional.empty();
      }
      int nameBytes = 1 + (blocks[at + 6] & 0xff);
      int lengthAt = at + 6 + nameBytes + nameBytes % 2;
      if (lengthAt + 4 > blocks.length) {
        return Optional.empty();
      }
      long length = in.getInt(lengthAt) & 0xffffffffL;
      long end = lengthAt + 4 + length;
      if (end > blocks.length) {
        return Optional.empty();
      }
      if ((in.getShort(at + 4) & 0xffff) == IPTC) {
        return Optional.of(Arrays.copyOfRange(blocks, lengthAt + 4, (int) end));
      }
      at = (int) (end + length % 2);
    }
    return Optional.empty();
  }

  /** One block with IPTC-IIM records. */
  static byte[] ofIptc(byte[] records) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(SIGNATURE);
    out.writeBytes(
        ByteBuffer.allocate(8)
            .putShort((short) IPTC)
            .putShort((short) 0)
            .putInt(records.length)
            .array());
    out.writeBytes(records);
    if (records.length % 2 == 1) {
      out.write(0);
    }
    return out.toByteArray();
  }
}
