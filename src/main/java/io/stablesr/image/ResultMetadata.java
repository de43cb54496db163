package io.stablesr.image;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What goes into a result beside its pixels.
 *
 * @param exif fields for this size
 * @param xmp packet for this size
 * @param iptc IPTC-IIM records
 * @param profile profile of the stored colours; empty: sRGB, or grey on the sRGB curve
 * @param sourceTexts texts of the source that none of {@code ownTexts} replaces
 * @param ownTexts what the program records
 */
record ResultMetadata(
    Optional<ExifBlock> exif,
    Optional<byte[]> xmp,
    Optional<byte[]> iptc,
    Optional<byte[]> profile,
    Map<String, String> sourceTexts,
    Map<String, String> ownTexts) {

  /** Brings a source's metadata in line with a result. */
  static ResultMetadata of(
      PictureRequest request, Optional<byte[]> profile, List<ImageWarning> warnings) {
    SourceMetadata source = request.metadata();
    Optional<String> software = Optional.ofNullable(request.text().get("Software"));
    Optional<byte[]> xmp = Optional.empty();
    if (source.xmp().isPresent()) {
      try {
        xmp =
            Optional.of(XmpPacket.forResult(source.xmp().get(), request.width(), request.height()));
      } catch (IOException e) {
        warnings.add(
            new ImageWarning(
                ImageWarning.Code.METADATA_DAMAGED,
                "The XMP metadata were left out: %s.".formatted(e.getMessage())));
      }
    }
    Map<String, String> sourceTexts = new TreeMap<>(source.texts());
    sourceTexts.keySet().removeAll(request.text().keySet());
    return new ResultMetadata(
        source.exif().map(exif -> exif.forResult(request.width(), request.height(), software)),
        xmp,
        source.iptc(),
        profile,
        sourceTexts,
        new TreeMap<>(request.text()));
  }

  /** The program's own texts with a line per key. */
  String ownLines() {
    return ownTexts.entrySet().stream()
        .map(entry -> entry.getKey() + "=" + entry.getValue())
        .collect(Collectors.joining("\n"));
  }

  /**
   * Says that texts of the source have no place in the format; {@code kept} is the one that has.
   */
  void warnOfTexts(String format, String kept, List<ImageWarning> warnings) {
    String lost =
        sourceTexts.keySet().stream()
            .filter(key -> !key.equals(kept))
            .collect(Collectors.joining(", "));
    if (!lost.isEmpty()) {
      warnings.add(dropped("The texts %s have no place in a %s file.".formatted(lost, format)));
    }
  }

  static ImageWarning dropped(String sentence) {
    return new ImageWarning(ImageWarning.Code.METADATA_DROPPED, sentence);
  }
}
