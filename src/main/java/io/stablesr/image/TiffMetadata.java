package io.stablesr.image;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** The metadata of a TIFF file. */
final class TiffMetadata {
  private static final int XMP = 700;
  private static final int IPTC = 33723;
  private static final int PHOTOSHOP = 34377;
  private static final int PROFILE = 34675;
  private static final int ORIENTATION = 274;
  private static final int NEW_SUBFILE_TYPE = 254;

  private static final int[] TILE_SIZES = {322, 323};

  /** A codec may make room for a tile, however small the picture is. */
  private static final int MAX_TILE_PIXELS = 65_536;

  private TiffMetadata() {}

  /**
   * Refuses what would lead a codec in circles, and values that are longer than the whole file, for
   * which a codec may make room before it reads them.
   */
  static void requireSoundFields(byte[] bytes) throws IOException {
    TiffReader reader;
    List<TiffReader.Directory> chain;
    try {
      reader = new TiffReader(FileWindow.of(bytes));
      chain = reader.chain();
    } catch (TiffReader.CyclicChainException e) {
      throw e;
    } catch (IOException e) {
      // The codec complains in its own words.
      return;
    }
    for (TiffReader.Directory directory : chain) {
      requireSmallTiles(reader, directory);
      for (TiffReader.Entry entry : directory.entries()) {
        if (entry.bytes() > bytes.length) {
          throw new IOException(
              "field %d claims %d values, more than the file can hold"
                  .formatted(entry.tag(), entry.count()));
        }
      }
    }
  }

  private static void requireSmallTiles(TiffReader reader, TiffReader.Directory directory)
      throws IOException {
    for (int tag : TILE_SIZES) {
      long pixels = reader.number(directory, tag).orElse(0);
      if (pixels > MAX_TILE_PIXELS) {
        throw new IOException(
            "a tile has a side of %d pixels, more than the limit of %d"
                .formatted(pixels, MAX_TILE_PIXELS));
      }
    }
  }

  static void collect(byte[] bytes, MetadataCollector collector) {
    try {
      TiffReader reader = new TiffReader(FileWindow.of(bytes));
      List<TiffReader.Directory> chain = reader.chain();
      if (chain.isEmpty()) {
        return;
      }
      OptionalLong orientation = reader.number(chain.get(0), ORIENTATION);
      collector.orientation(Orientation.ofExif((int) Math.min(orientation.orElse(1), 9)));
      collector.exif(ExifBlock.ofTiff(reader));
      value(reader, chain.get(0), XMP, collector).ifPresent(collector::xmp);
      value(reader, chain.get(0), PROFILE, collector).ifPresent(collector::profile);
      value(reader, chain.get(0), IPTC, collector).ifPresent(collector::iptc);
      value(reader, chain.get(0), PHOTOSHOP, collector)
          .flatMap(PhotoshopResources::iptc)
          .ifPresent(collector::iptc);
      countPages(reader, chain, collector);
    } catch (IOException e) {
      collector.damaged("TIFF", e.getMessage());
    }
  }

  /** Reduced copies of the picture are no pages. */
  private static void countPages(
      TiffReader reader, List<TiffReader.Directory> chain, MetadataCollector collector)
      throws IOException {
    int pages = 0;
    for (TiffReader.Directory directory : chain) {
      boolean reduced = (reader.number(directory, NEW_SUBFILE_TYPE).orElse(0) & 1) != 0;
      pages += reduced ? 0 : 1;
    }
    if (pages > 1) {
      collector.severalPictures("a document of %d pages".formatted(pages));
    }
  }

  private static Optional<byte[]> value(
      TiffReader reader, TiffReader.Directory directory, int tag, MetadataCollector collector) {
    for (TiffReader.Entry entry : directory.entries()) {
      if (entry.tag() == tag && entry.count() > 0) {
        try {
          return Optional.of(reader.field(entry, MetadataCollector.MAX_BLOCK_BYTES).value());
        } catch (IOException e) {
          collector.damaged("TIFF", e.getMessage());
        }
      }
    }
    return Optional.empty();
  }
}
