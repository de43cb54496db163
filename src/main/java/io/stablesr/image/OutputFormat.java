package io.stablesr.image;

/** The container of a result and its settings. */
public sealed interface OutputFormat {
  /** The usual file name extension, without a dot. */
  String extension();

  /** The media type. */
  String mediaType();

  /** Bits per stored sample. */
  BitDepth depth();

  /** Whether the format can store transparency. */
  boolean storesAlpha();

  /** The same format with this depth, or itself where it has only one. */
  OutputFormat withDepth(BitDepth depth);

  /** Lossless, marked as sRGB. */
  record Png(BitDepth depth) implements OutputFormat {
    @Override
    public OutputFormat withDepth(BitDepth other) {
      return new Png(other);
    }

    @Override
    public String extension() {
      return "png";
    }

    @Override
    public String mediaType() {
      return "image/png";
    }

    @Override
    public boolean storesAlpha() {
      return true;
    }
  }

  /**
   * Lossy, with full colour resolution (4:4:4).
   *
   * @param quality 1 to 100 on the scale of the IJG codec
   */
  record Jpeg(int quality) implements OutputFormat {
    /** Checks the range. */
    public Jpeg {
      if (quality < 1 || quality > 100) {
        throw new IllegalArgumentException("JPEG quality must be 1..100, got " + quality);
      }
    }

    @Override
    public BitDepth depth() {
      return BitDepth.EIGHT;
    }

    @Override
    public OutputFormat withDepth(BitDepth other) {
      return this;
    }

    @Override
    public String extension() {
      return "jpg";
    }

    @Override
    public String mediaType() {
      return "image/jpeg";
    }

    @Override
    public boolean storesAlpha() {
      return false;
    }
  }

  /** Lossless; BigTIFF from 4 GiB on. */
  record Tiff(BitDepth depth, TiffCompression compression) implements OutputFormat {
    /** A deflated file. */
    public Tiff(BitDepth depth) {
      this(depth, TiffCompression.DEFLATE);
    }

    @Override
    public OutputFormat withDepth(BitDepth other) {
      return new Tiff(other, compression);
    }

    @Override
    public String extension() {
      return "tif";
    }

    @Override
    public String mediaType() {
      return "image/tiff";
    }

    @Override
    public boolean storesAlpha() {
      return true;
    }
  }
}
