package io.stablesr.image;

import io.stablesr.core.ErrorCode;
import io.stablesr.core.StableSrException;
import java.nio.charset.StandardCharsets;
import java.util.Set;

/** Tells the format of a file from its first bytes; file names are never trusted. */
final class FormatSniffer {
  private static final Set<String> HEIC_BRANDS =
      Set.of("heic", "heix", "heim", "heis", "hevc", "hevx", "mif1", "msf1");

  private FormatSniffer() {}

  static ImageFormat sniff(String name, byte[] bytes) {
    if (bytes.length == 0) {
      throw new StableSrException(
          ErrorCode.IMAGE_DECODE, "Cannot decode %s: the file is empty.".formatted(name));
    }
    if (startsWith(bytes, 0, 0xff, 0xd8)) {
      return ImageFormat.JPEG;
    }
    if (startsWith(bytes, 0, 0x89, 'P', 'N', 'G', 0x0d, 0x0a, 0x1a, 0x0a)) {
      return ImageFormat.PNG;
    }
    if (startsWith(bytes, 0, 'R', 'I', 'F', 'F') && startsWith(bytes, 8, 'W', 'E', 'B', 'P')) {
      return ImageFormat.WEBP;
    }
    if (startsWith(bytes, 0, 'I', 'I', 42, 0)
        || startsWith(bytes, 0, 'M', 'M', 0, 42)
        || startsWith(bytes, 0, 'I', 'I', 43, 0)
        || startsWith(bytes, 0, 'M', 'M', 0, 43)) {
      return ImageFormat.TIFF;
    }
    if (startsWith(bytes, 0, 'B', 'M')) {
      return ImageFormat.BMP;
    }
    if (startsWith(bytes, 0, 'G', 'I', 'F', '8')) {
      return ImageFormat.GIF;
    }
    String known = knownButUnsupported(bytes);
    if (known != null) {
      throw new StableSrException(
          ErrorCode.IMAGE_UNSUPPORTED,
          "Cannot decode %s: it is a %s file; convert it to PNG, TIFF, WebP or JPEG first."
              .formatted(name, known));
    }
    throw new StableSrException(
        ErrorCode.IMAGE_DECODE,
        "Cannot decode %s: it is not a JPEG, PNG, WebP, TIFF, BMP or GIF file.".formatted(name));
  }

  private static String knownButUnsupported(byte[] bytes) {
    if (startsWith(bytes, 4, 'f', 't', 'y', 'p') && bytes.length >= 12) {
      String brand = new String(bytes, 8, 4, StandardCharsets.ISO_8859_1);
      if (brand.equals("avif") || brand.equals("avis")) {
        return "AVIF";
      }
      return HEIC_BRANDS.contains(brand) ? "HEIC" : "video or ISO media";
    }
    if (startsWith(bytes, 0, 0xff, 0x0a) || startsWith(bytes, 0, 0, 0, 0, 12, 'J', 'X', 'L', ' ')) {
      return "JPEG XL";
    }
    if (startsWith(bytes, 0, 0xff, 0x4f, 0xff, 0x51)
        || startsWith(bytes, 0, 0, 0, 0, 12, 'j', 'P', ' ', ' ')) {
      return "JPEG 2000";
    }
    if (startsWith(bytes, 0, '8', 'B', 'P', 'S')) {
      return "Photoshop";
    }
    if (startsWith(bytes, 0, 0x76, 0x2f, 0x31, 0x01)) {
      return "OpenEXR";
    }
    return startsWith(bytes, 0, '%', 'P', 'D', 'F') ? "PDF" : null;
  }

  private static boolean startsWith(byte[] bytes, int offset, int... magic) {
    if (bytes.length < offset + magic.length) {
      return false;
    }
    for (int i = 0; i < magic.length; i++) {
      if ((bytes[offset + i] & 0xff) != magic[i]) {
        return false;
      }
    }
    return true;
  }
}
