package io.stablesr.image;

import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Where the metadata of a result go in PNG and TIFF files. */
final class ContainerMetadata {
  private static final int IMAGE_DESCRIPTION = 270;
  private static final int IMAGE_HISTORY = 0x9213;
  private static final int SOFTWARE = 305;

  private ContainerMetadata() {}

  /** Every key that PNG cannot store is left out with a warning. */
  static List<PngChunk> png(ResultMetadata metadata, List<ImageWarning> warnings) {
    List<PngChunk> chunks = new ArrayList<>();
    chunks.add(metadata.profile().map(PngChunk::profile).orElseGet(PngChunk::srgb));
    metadata.exif().ifPresent(exif -> chunks.add(new PngChunk("eXIf", exif.bytes())));
    metadata
        .xmp()
        .ifPresent(xmp -> chunks.add(PngChunk.international(PngMetadata.XMP_KEYWORD, xmp)));
    metadata
        .iptc()
        .ifPresent(
            iptc ->
                chunks.add(
                    PngChunk.compressedText(PngMetadata.IPTC_KEYWORD, PngMetadata.rawIptc(iptc))));
    metadata
        .sourceTexts()
        .forEach(
            (key, value) -> {
              if (TextKeys.isValid(key) && value.indexOf('\0') < 0) {
                chunks.add(PngChunk.text(key, value));
              } else {
                warnings.add(
                    ResultMetadata.dropped(
                        "A text has no place in a PNG file: its key or value is damaged."));
              }
            });
    metadata.ownTexts().forEach((key, value) -> chunks.add(PngChunk.text(key, value)));
    return chunks;
  }

  /** The fields beside those that describe the pixels. */
  static TiffDirectory tiff(ResultMetadata metadata, ByteOrder order, List<ImageWarning> warnings) {
    TiffDirectory directory =
        metadata.exif().map(exif -> exif.forTiff(order)).orElseGet(TiffDirectory::new);
    metadata.xmp().ifPresent(xmp -> directory.put(TiffField.bytes(700, TiffField.BYTE, xmp)));
    metadata
        .iptc()
        .ifPresent(iptc -> directory.put(TiffField.bytes(33723, TiffField.UNDEFINED, iptc)));
    metadata
        .profile()
        .ifPresent(icc -> directory.put(TiffField.bytes(34675, TiffField.UNDEFINED, icc)));
    String comment = metadata.sourceTexts().get("Comment");
    if (comment != null && directory.field(IMAGE_DESCRIPTION).isEmpty()) {
      byte[] utf8 = (comment + '\0').getBytes(StandardCharsets.UTF_8);
      directory.put(TiffField.bytes(IMAGE_DESCRIPTION, TiffField.ASCII, utf8));
    }
    if (!metadata.ownTexts().isEmpty()) {
      // A description that the source has is not replaced.
      int tag = directory.field(IMAGE_DESCRIPTION).isEmpty() ? IMAGE_DESCRIPTION : IMAGE_HISTORY;
      directory.put(TiffField.ascii(tag, metadata.ownLines()));
    }
    String software = metadata.ownTexts().get("Software");
    if (software != null) {
      directory.put(TiffField.ascii(SOFTWARE, software));
    }
    metadata.warnOfTexts("TIFF", "Comment", warnings);
    return directory;
  }
}
