package io.stablesr.image;

import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.zip.Deflater;

/** Writes a PNG file row by row. */
final class PngRowWriter implements RowWriter {
  /** The longest IDAT chunk; readers hold one at a time. */
  private static final int CHUNK_BYTES = 64 << 10;

  private static final byte[] SIGNATURE = {(byte) 0x89, 'P', 'N', 'G', 0x0d, 0x0a, 0x1a, 0x0a};

  private final OutputStream out;
  private final PictureLayout layout;
  private final PngFilter filter;
  private final Deflater deflater;
  private final byte[] chunk = new byte[CHUNK_BYTES];
  private int chunkLength;
  private int rows;

  /**
   * Writes everything before the pixels.
   *
   * @param chunks between header and pixels
   * @param level of the deflater, 1..9
   */
  PngRowWriter(OutputStream out, PictureLayout layout, List<PngChunk> chunks, int level)
      throws IOException {
    this.out = out;
    this.layout = layout;
    this.filter = new PngFilter(layout.bytesPerPixel(), layout.bytesPerRow());
    this.deflater = new Deflater(level);
    out.write(SIGNATURE);
    PngChunk.header(layout).writeTo(out);
    for (PngChunk before : chunks) {
      before.writeTo(out);
    }
  }

  @Override
  public void writeRow(byte[] samples) throws IOException {
    if (rows == layout.height()) {
      throw new IllegalStateException("All %d rows are written already".formatted(rows));
    }
    deflater.setInput(filter.apply(samples));
    drain();
    rows++;
  }

  @Override
  public void finish() throws IOException {
    if (rows != layout.height()) {
      throw new IllegalStateException(
          "%d of %d rows have been written".formatted(rows, layout.height()));
    }
    deflater.finish();
    drain();
    if (chunkLength > 0) {
      PngChunk.write("IDAT", chunk, chunkLength, out);
      chunkLength = 0;
    }
    new PngChunk("IEND", new byte[0]).writeTo(out);
    out.flush();
  }

  @Override
  public void close() {
    deflater.end();
  }

  private void drain() throws IOException {
    while (true) {
      int added = deflater.deflate(chunk, chunkLength, chunk.length - chunkLength);
      if (added == 0) {
        return;
      }
      chunkLength += added;
      if (chunkLength == chunk.length) {
        PngChunk.write("IDAT", chunk, chunkLength, out);
        chunkLength = 0;
      }
    }
  }
}
