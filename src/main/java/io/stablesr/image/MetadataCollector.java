package io.stablesr.image;

import java.io.IOException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** Gathers what a file's metadata say; the first of each kind counts, damage becomes a warning. */
final class MetadataCollector {
  /**
   * Real profiles stay below 4 MB; a compressed one may claim gigabytes. The 255 parts that a JPEG
   * file has for a profile hold this.
   */
  static final int MAX_PROFILE_BYTES = 16_000_000;

  /** Larger blocks of other kinds are left out with a warning. */
  static final int MAX_BLOCK_BYTES = 16 << 20;

  /** It is edited as a tree, which takes many times its size. */
  private static final int MAX_XMP_BYTES = 4 << 20;

  private static final int MAX_TEXT_CHARACTERS = 1 << 20;

  /** More than a row of results should hold. */
  private static final int MAX_WARNINGS = 20;

  /** What all compressed parts of a file may become together. */
  private static final long MAX_INFLATED_BYTES = 64 << 20;

  private final Set<ImageWarning> warnings = new LinkedHashSet<>();
  private long inflatedBytes;
  private final Map<String, String> texts = new TreeMap<>();
  private int textCharacters;
  private Orientation orientation = Orientation.NORMAL;
  private Optional<byte[]> profile = Optional.empty();
  private Optional<ExifBlock> exif = Optional.empty();
  private Optional<byte[]> xmp = Optional.empty();
  private Optional<byte[]> iptc = Optional.empty();

  /** An EXIF block without a name in front. */
  void exif(byte[] block) {
    if (exif.isPresent()) {
      return;
    }
    orientation = ExifBlock.orientation(block);
    try {
      exif(ExifBlock.read(block));
    } catch (IOException e) {
      damaged("EXIF", e.getMessage());
    }
  }

  void exif(ExifBlock block) {
    if (block.damagedFields() > 0) {
      damaged("EXIF", "%d fields cannot be read".formatted(block.damagedFields()));
    }
    exif = block.isEmpty() ? Optional.empty() : Optional.of(block);
  }

  void orientation(Orientation value) {
    orientation = value;
  }

  void profile(byte[] bytes) {
    if (bytes.length > MAX_PROFILE_BYTES) {
      damagedProfile("it has %d bytes".formatted(bytes.length));
    } else {
      profile = Optional.of(bytes);
    }
  }

  void xmp(byte[] packet) {
    if (xmp.isEmpty() && fits("XMP", packet, MAX_XMP_BYTES)) {
      xmp = Optional.of(packet);
    }
  }

  void iptc(byte[] records) {
    if (iptc.isEmpty() && records.length > 0 && fits("IPTC", records, MAX_BLOCK_BYTES)) {
      iptc = Optional.of(records);
    }
  }

  void text(String key, String value) {
    textCharacters += key.length() + value.length();
    if (textCharacters > MAX_TEXT_CHARACTERS) {
      warn(
          new ImageWarning(
              ImageWarning.Code.METADATA_DROPPED,
              "Texts beyond %d characters were left out.".formatted(MAX_TEXT_CHARACTERS)));
    } else {
      texts.putIfAbsent(key, value);
    }
  }

  /** Says that a part is damaged; {@code reason} begins in lower case and has no full stop. */
  void damaged(String part, String reason) {
    warn(
        new ImageWarning(
            ImageWarning.Code.METADATA_DAMAGED,
            "Part of the %s metadata was left out: %s.".formatted(part, reason)));
  }

  void damagedProfile(String reason) {
    warn(
        new ImageWarning(
            ImageWarning.Code.PROFILE_IGNORED,
            "The colours were taken for sRGB, because the embedded profile cannot be used: %s."
                .formatted(reason)));
  }

  void severalPictures(String what) {
    warn(
        new ImageWarning(
            ImageWarning.Code.FIRST_FRAME_ONLY,
            "The file is %s; only its first picture was taken.".formatted(what)));
  }

  /** Counts what has been inflated; false where a file has had its share. */
  boolean mayInflate(long bytes) {
    inflatedBytes += bytes;
    return inflatedBytes <= MAX_INFLATED_BYTES;
  }

  FileMetadata result() {
    return new FileMetadata(
        orientation, profile, new SourceMetadata(exif, xmp, iptc, texts), List.copyOf(warnings));
  }

  private void warn(ImageWarning warning) {
    if (warnings.size() < MAX_WARNINGS) {
      warnings.add(warning);
    }
  }

  private boolean fits(String part, byte[] bytes, int limit) {
    if (bytes.length > limit) {
      damaged(part, "it has %d bytes".formatted(bytes.length));
      return false;
    }
    return true;
  }
}
