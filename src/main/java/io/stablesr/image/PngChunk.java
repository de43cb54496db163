package io.stablesr.image;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;

/** One chunk of a PNG file: four letters and a payload. */
final class PngChunk {
  private final String type;
  private final byte[] payload;

  PngChunk(String type, byte[] payload) {
    this.type = type;
    this.payload = payload;
  }

  String type() {
    return type;
  }

  byte[] payload() {
    return payload;
  }

  /** Writes length, type, payload and checksum. */
  void writeTo(OutputStream out) throws IOException {
    write(type, payload, payload.length, out);
  }

  /** Writes a chunk of the first {@code length} bytes of {@code payload}. */
  static void write(String type, byte[] payload, int length, OutputStream out) throws IOException {
    byte[] name = type.getBytes(StandardCharsets.US_ASCII);
    CRC32 crc = new CRC32();
    crc.update(name);
    crc.update(payload, 0, length);
    out.write(ByteBuffer.allocate(8).putInt(length).put(name).array());
    out.write(payload, 0, length);
    out.write(ByteBuffer.allocate(4).putInt((int) crc.getValue()).array());
  }

  static PngChunk header(PictureLayout layout) {
    int colorType = (layout.isGrey() ? 0 : 2) + (layout.hasAlpha() ? 4 : 0);
    return new PngChunk(
        "IHDR",
        ByteBuffer.allocate(13)
            .putInt(layout.width())
            .putInt(layout.height())
            .put((byte) layout.depth().bits())
            .put((byte) colorType)
            .array());
  }

  /** Marks the pixels as sRGB, perceptual intent. */
  static PngChunk srgb() {
    return new PngChunk("sRGB", new byte[1]);
  }

  static PngChunk profile(byte[] profile) {
    return new PngChunk("iCCP", keyword("ICC profile").put((byte) 0).deflated(profile));
  }

  /** A Latin-1 text as tEXt, any other as uncompressed iTXt. */
  static PngChunk text(String key, String value) {
    if (StandardCharsets.ISO_8859_1.newEncoder().canEncode(value)) {
      return new PngChunk(
          "tEXt", keyword(key).put(value.getBytes(StandardCharsets.ISO_8859_1)).bytes());
    }
    return international(key, value.getBytes(StandardCharsets.UTF_8));
  }

  /** An iTXt chunk without compression, language and translated key. */
  static PngChunk international(String key, byte[] utf8) {
    return new PngChunk("iTXt", keyword(key).put(new byte[4]).put(utf8).bytes());
  }

  static PngChunk compressedText(String key, String value) {
    return new PngChunk(
        "zTXt", keyword(key).put((byte) 0).deflated(value.getBytes(StandardCharsets.ISO_8859_1)));
  }

  private static Payload keyword(String key) {
    return new Payload().put(key.getBytes(StandardCharsets.ISO_8859_1)).put((byte) 0);
  }

  private static final class Payload {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    Payload put(byte... bytes) {
      out.writeBytes(bytes);
      return this;
    }

    byte[] bytes() {
      return out.toByteArray();
    }

    byte[] deflated(byte[] data) {
      Deflater deflater = new Deflater(Deflater.BEST_COMPRESSION);
      try (DeflaterOutputStream compressed = new DeflaterOutputStream(out, deflater)) {
        compressed.write(data);
      } catch (IOException e) {
        throw new IllegalStateException("An array refused bytes", e);
      } finally {
        deflater.end();
      }
      return bytes();
    }
  }
}
