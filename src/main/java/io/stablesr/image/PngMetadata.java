package io.stablesr.image;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.zip.InflaterInputStream;

/** The metadata chunks of a PNG file. */
final class PngMetadata {
  static final String XMP_KEYWORD = "XML:com.adobe.xmp";

  /** How ImageMagick and ExifTool store IPTC records, which PNG has no chunk for. */
  static final String IPTC_KEYWORD = "Raw profile type iptc";

  private static final String EXIF_KEYWORD = "Raw profile type exif";
  private static final String OTHER_EXIF_KEYWORD = "Raw profile type APP1";
  private static final int MAX_TEXT_BYTES = 1 << 20;

  private PngMetadata() {}

  static void collect(byte[] bytes, MetadataCollector collector) {
    ByteBuffer file = ByteBuffer.wrap(bytes);
    boolean pixelsSeen = false;
    int at = 8;
    while (at + 8 <= bytes.length) {
      long length = file.getInt(at) & 0xffffffffL;
      String type = new String(bytes, at + 4, 4, StandardCharsets.ISO_8859_1);
      if (at + 8 + length > bytes.length) {
        break;
      }
      int start = at + 8;
      int end = (int) (start + length);
      pixelsSeen |= type.equals("IDAT");
      if (type.equals("acTL") && !pixelsSeen && length >= 8) {
        long frames = file.getInt(start) & 0xffffffffL;
        if (frames > 1) {
          collector.severalPictures("animated with %d frames".formatted(frames));
        }
      } else if (!type.equals("IDAT")) {
        chunk(type, bytes, start, end, collector);
      }
      if (end + 4L > bytes.length) {
        break;
      }
      at = end + 4;
    }
  }

  private static void chunk(
      String type, byte[] bytes, int start, int end, MetadataCollector collector) {
    switch (type) {
      case "eXIf" -> {
        if (end - start <= MetadataCollector.MAX_BLOCK_BYTES) {
          collector.exif(ExifBlock.unnamed(Arrays.copyOfRange(bytes, start, end)));
        }
      }
      case "iCCP" -> profile(bytes, start, end, collector);
      case "tEXt", "zTXt", "iTXt" -> {
        try {
          text(type, bytes, start, end, collector);
        } catch (IOException | IndexOutOfBoundsException e) {
          collector.damaged("PNG text", "it cannot be inflated");
        }
      }
      default -> {
        // Other chunks are no metadata that are kept.
      }
    }
  }

  /** A name, a zero, the compression method 0, and the deflated profile. */
  private static void profile(byte[] bytes, int start, int end, MetadataCollector collector) {
    int data = zero(bytes, start, end) + 2;
    if (data >= end) {
      collector.damagedProfile("it is empty");
      return;
    }
    try {
      collector.profile(inflate(bytes, data, end, MetadataCollector.MAX_PROFILE_BYTES, collector));
    } catch (IOException e) {
      collector.damagedProfile("it cannot be inflated to at most 16000000 bytes");
    }
  }

  private static void text(
      String type, byte[] bytes, int start, int end, MetadataCollector collector)
      throws IOException {
    int keyEnd = zero(bytes, start, end);
    String key = new String(bytes, start, keyEnd - start, StandardCharsets.ISO_8859_1);
    if (keyEnd == end || key.isEmpty()) {
      return;
    }
    boolean block = key.equals(XMP_KEYWORD) || key.startsWith("Raw profile type ");
    int limit = block ? MetadataCollector.MAX_BLOCK_BYTES : MAX_TEXT_BYTES;
    int data = keyEnd + 1;
    byte[] value;
    boolean utf8 = type.equals("iTXt");
    if (utf8) {
      boolean compressed = bytes[data] == 1;
      int languageEnd = zero(bytes, data + 2, end);
      data = zero(bytes, languageEnd + 1, end) + 1;
      value =
          compressed ? inflate(bytes, data, end, limit, collector) : copy(bytes, data, end, limit);
    } else if (type.equals("zTXt")) {
      value = inflate(bytes, data + 1, end, limit, collector);
    } else {
      value = copy(bytes, data, end, limit);
    }
    switch (key) {
      case XMP_KEYWORD -> collector.xmp(value);
      case IPTC_KEYWORD -> rawProfile(value).ifPresent(raw -> iptc(raw, collector));
      case EXIF_KEYWORD, OTHER_EXIF_KEYWORD ->
          rawProfile(value).ifPresent(raw -> collector.exif(ExifBlock.unnamed(raw)));
      default ->
          collector.text(
              key, new String(value, utf8 ? StandardCharsets.UTF_8 : StandardCharsets.ISO_8859_1));
    }
  }

  private static void iptc(byte[] raw, MetadataCollector collector) {
    // Some writers wrap the records as JPEG does.
    boolean wrapped = raw.length > 4 && raw[0] == '8' && raw[1] == 'B';
    (wrapped ? PhotoshopResources.iptc(raw) : Optional.of(raw)).ifPresent(collector::iptc);
  }

  /** IPTC records as a text: a line with the name, one with the length, then hexadecimal lines. */
  static String rawIptc(byte[] records) {
    StringBuilder text = new StringBuilder("\niptc\n%8d".formatted(records.length));
    for (int i = 0; i < records.length; i++) {
      if (i % 36 == 0) {
        text.append('\n');
      }
      text.append(Character.forDigit(records[i] >> 4 & 15, 16));
      text.append(Character.forDigit(records[i] & 15, 16));
    }
    return text.append('\n').toString();
  }

  private static Optional<byte[]> rawProfile(byte[] text) {
    String[] lines = new String(text, StandardCharsets.ISO_8859_1).strip().split("\n", 3);
    if (lines.length < 3) {
      return Optional.empty();
    }
    String digits = lines[2].replaceAll("\\s+", "");
    byte[] bytes = new byte[digits.length() / 2];
    for (int i = 0; i < bytes.length; i++) {
      int high = Character.digit(digits.charAt(2 * i), 16);
      int low = Character.digit(digits.charAt(2 * i + 1), 16);
      if (high < 0 || low < 0) {
        return Optional.empty();
      }
      bytes[i] = (byte) (high << 4 | low);
    }
    return Optional.of(bytes);
  }

  private static int zero(byte[] bytes, int start, int end) {
    int at = start;
    while (at < end && bytes[at] != 0) {
      at++;
    }
    return at;
  }

  private static byte[] copy(byte[] bytes, int start, int end, int limit) throws IOException {
    if (end - start > limit) {
      throw new IOException("longer than " + limit);
    }
    return Arrays.copyOfRange(bytes, start, end);
  }

  private static byte[] inflate(
      byte[] bytes, int start, int end, int limit, MetadataCollector collector) throws IOException {
    if (!collector.mayInflate(0)) {
      throw new IOException("the file has too many compressed parts");
    }
    try (InflaterInputStream in =
        new InflaterInputStream(new ByteArrayInputStream(bytes, start, Math.max(end - start, 0)))) {
      byte[] data = in.readNBytes(limit + 1);
      collector.mayInflate(data.length);
      if (data.length > limit) {
        throw new IOException("longer than " + limit);
      }
      return data;
    }
  }
}
