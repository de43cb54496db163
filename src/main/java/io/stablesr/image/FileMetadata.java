package io.stablesr.image;

import java.util.List;
import java.util.Optional;

/**
 * What a file says beside its pixels. Damaged metadata count as absent, with a warning: they must
 * not stop the picture.
 */
record FileMetadata(
    Orientation orientation,
    Optional<byte[]> iccProfile,
    SourceMetadata kept,
    List<ImageWarning> warnings) {

  /** Reads the metadata of a whole file. */
  static FileMetadata read(ImageFormat format, byte[] bytes) {
    MetadataCollector collector = new MetadataCollector();
    switch (format) {
      case JPEG -> JpegSegments.scan(bytes).collect(collector);
      case PNG -> PngMetadata.collect(bytes, collector);
      case WEBP -> WebpMetadata.collect(bytes, collector);
      case TIFF -> TiffMetadata.collect(bytes, collector);
      case GIF -> GifMetadata.collect(bytes, collector);
      case BMP -> {
        // It holds none that are kept.
      }
    }
    return collector.result();
  }
}
