package io.stablesr.image;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.Deflater;

/**
 * Writes a TIFF file in strips, row by row; as BigTIFF where it would reach beyond what the 32-bit
 * offsets of TIFF can tell. The directory comes before the strips, so that a reader finds it with
 * the first bytes of the file.
 */
final class TiffRowWriter implements RowWriter {
  /** The largest offset in a file that is not BigTIFF. */
  static final long CLASSIC_BYTES = 0xffff_ffffL;

  /** Some readers know BigTIFF in this order only. */
  static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;

  private static final int STRIP_BYTES = 256 << 10;
  private static final int SPOOL_MEMORY_BYTES = 32 << 20;
  private static final int DEFLATE_LEVEL = 4;

  private final OutputStream out;
  private final PictureLayout layout;
  private final TiffCompression compression;
  private final TiffDirectory metadata;
  private final long classicBytes;
  private final int rowsPerStrip;
  private final byte[] strip;
  private final long[] stripLengths;
  private final Spool spool;
  private final Deflater deflater = new Deflater(DEFLATE_LEVEL);
  private final byte[] buffer = new byte[64 << 10];
  private int rows;

  /** What the writer needs beside the picture. */
  record Options(TiffCompression compression, Path scratchFolder, long classicBytes) {
    static Options of(TiffCompression compression, Path scratchFolder) {
      return new Options(compression, scratchFolder, CLASSIC_BYTES);
    }
  }

  /**
   * @param metadata fields beside those that describe the pixels, in the order {@link #ORDER}
   */
  TiffRowWriter(OutputStream out, PictureLayout layout, TiffDirectory metadata, Options options)
      throws IOException {
    this.out = out;
    this.layout = layout;
    this.compression = options.compression();
    this.metadata = metadata;
    this.classicBytes = options.classicBytes();
    this.rowsPerStrip = Math.min(layout.height(), Math.max(1, STRIP_BYTES / layout.bytesPerRow()));
    this.strip = new byte[Math.multiplyExact(rowsPerStrip, layout.bytesPerRow())];
    this.stripLengths = new long[(layout.height() + rowsPerStrip - 1) / rowsPerStrip];
    this.spool = new Spool(options.scratchFolder(), SPOOL_MEMORY_BYTES);
    if (compression == TiffCompression.NONE) {
      Arrays.fill(stripLengths, strip.length);
      int lastRows = layout.height() - (stripLengths.length - 1) * rowsPerStrip;
      stripLengths[stripLengths.length - 1] = (long) lastRows * layout.bytesPerRow();
      writeHeader();
    }
  }

  @Override
  public void writeRow(byte[] samples) throws IOException {
    if (rows == layout.height()) {
      throw new IllegalStateException("All %d rows are written already".formatted(rows));
    }
    int inStrip = rows % rowsPerStrip;
    copy(samples, inStrip * layout.bytesPerRow());
    rows++;
    if (inStrip == rowsPerStrip - 1 || rows == layout.height()) {
      writeStrip((rows - 1) / rowsPerStrip, inStrip + 1);
    }
  }

  @Override
  public void finish() throws IOException {
    if (rows != layout.height()) {
      throw new IllegalStateException(
          "%d of %d rows have been written".formatted(rows, layout.height()));
    }
    if (compression == TiffCompression.DEFLATE) {
      writeHeader();
      spool.transferTo(out);
    }
    out.flush();
  }

  @Override
  public void close() throws IOException {
    deflater.end();
    spool.close();
  }

  private void writeStrip(int index, int stripRows) throws IOException {
    int length = stripRows * layout.bytesPerRow();
    if (compression == TiffCompression.NONE) {
      out.write(strip, 0, length);
      return;
    }
    for (int row = 0; row < stripRows; row++) {
      subtractLeftPixel(row * layout.bytesPerRow());
    }
    long before = spool.size();
    deflater.reset();
    deflater.setInput(strip, 0, length);
    deflater.finish();
    while (!deflater.finished()) {
      spool.write(buffer, deflater.deflate(buffer));
    }
    stripLengths[index] = spool.size() - before;
  }

  /** Into the strip, samples of 16 bits in the order of the file. */
  private void copy(byte[] samples, int at) {
    if (layout.depth() == BitDepth.EIGHT) {
      System.arraycopy(samples, 0, strip, at, layout.bytesPerRow());
      return;
    }
    for (int i = 0; i < layout.bytesPerRow(); i += 2) {
      strip[at + i] = samples[i + 1];
      strip[at + i + 1] = samples[i];
    }
  }

  /** The horizontal predictor: every sample less the same sample of the pixel before. */
  private void subtractLeftPixel(int start) {
    int step = layout.bytesPerPixel();
    if (layout.depth() == BitDepth.EIGHT) {
      for (int i = start + layout.bytesPerRow() - 1; i >= start + step; i--) {
        strip[i] -= strip[i - step];
      }
      return;
    }
    for (int i = start + layout.bytesPerRow() - 2; i >= start + step; i -= 2) {
      int value = sample(i) - sample(i - step);
      strip[i] = (byte) value;
      strip[i + 1] = (byte) (value >> 8);
    }
  }

  private int sample(int at) {
    return (strip[at + 1] & 0xff) << 8 | (strip[at] & 0xff);
  }

  private void writeHeader() throws IOException {
    long pixels = Arrays.stream(stripLengths).sum();
    byte[] header = TiffStructure.write(directory(false, 0), ORDER, false);
    boolean big = header.length + pixels > classicBytes;
    if (big) {
      header = TiffStructure.write(directory(true, 0), ORDER, true);
    }
    out.write(TiffStructure.write(directory(big, header.length), ORDER, big));
  }

  private TiffDirectory directory(boolean big, long stripsStart) {
    TiffDirectory directory = new TiffDirectory();
    metadata.fields().forEach(directory::put);
    metadata.children().forEach(directory::put);
    int[] bits = new int[layout.channels()];
    Arrays.fill(bits, layout.depth().bits());
    long[] offsets = new long[stripLengths.length];
    long offset = stripsStart;
    for (int i = 0; i < offsets.length; i++) {
      offsets[i] = offset;
      offset += stripLengths[i];
    }
    directory.put(TiffField.size(256, ORDER, layout.width()));
    directory.put(TiffField.size(257, ORDER, layout.height()));
    directory.put(TiffField.shorts(258, ORDER, bits));
    directory.put(TiffField.shorts(259, ORDER, compression.tagValue()));
    // Photometric interpretation: 1 is grey with black at zero, 2 is RGB.
    directory.put(TiffField.shorts(262, ORDER, layout.isGrey() ? 1 : 2));
    directory.put(TiffField.offsets(273, ORDER, big, offsets));
    directory.put(TiffField.shorts(277, ORDER, layout.channels()));
    directory.put(TiffField.size(278, ORDER, rowsPerStrip));
    directory.put(TiffField.offsets(279, ORDER, big, stripLengths));
    directory.put(TiffField.shorts(284, ORDER, 1));
    if (compression == TiffCompression.DEFLATE) {
      directory.put(TiffField.shorts(317, ORDER, 2));
    }
    if (layout.hasAlpha()) {
      // Extra samples: 2 is alpha that is not multiplied into the colours.
      directory.put(TiffField.shorts(338, ORDER, 2));
    }
    return directory;
  }
}
