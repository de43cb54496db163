package io.stablesr.image;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** What a file says beside its pixels and its colour profile; for {@link ImageEncoder} to write. */
public final class SourceMetadata {
  private static final SourceMetadata NONE =
      new SourceMetadata(Optional.empty(), Optional.empty(), Optional.empty(), Map.of());

  private final Optional<ExifBlock> exif;
  private final Optional<byte[]> xmp;
  private final Optional<byte[]> iptc;
  private final Map<String, String> texts;

  SourceMetadata(
      Optional<ExifBlock> exif,
      Optional<byte[]> xmp,
      Optional<byte[]> iptc,
      Map<String, String> texts) {
    this.exif = exif;
    this.xmp = xmp;
    this.iptc = iptc;
    this.texts = new TreeMap<>(texts);
  }

  /** Nothing. */
  public static SourceMetadata none() {
    return NONE;
  }

  /** Whether there is nothing to keep. */
  public boolean isEmpty() {
    return exif.isEmpty() && xmp.isEmpty() && iptc.isEmpty() && texts.isEmpty();
  }

  Optional<ExifBlock> exif() {
    return exif;
  }

  /** An XMP packet, UTF-8. */
  Optional<byte[]> xmp() {
    return xmp;
  }

  /** IPTC-IIM records. */
  Optional<byte[]> iptc() {
    return iptc;
  }

  /** Texts of a PNG file, the comment of a JPEG file under {@code Comment}. */
  Map<String, String> texts() {
    return texts;
  }
}
