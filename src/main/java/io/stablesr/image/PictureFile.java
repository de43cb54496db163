package io.stablesr.image;

import io.stablesr.core.FloatTensor;
import io.stablesr.core.StableSrException;
import io.stablesr.diffusion.Window;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/**
 * A picture {@code [3,H,W]} of floats in a scratch file: written in tiles, read in strips, so that
 * the heap holds one tile or one strip. It takes 12 bytes per pixel of disk. The file has no name
 * from the beginning and is gone with the process, however that ends.
 */
public final class PictureFile implements PictureRows, AutoCloseable {
  private static final int CHANNELS = 3;

  private final Path folder;
  private final int height;
  private final int width;
  private final FileChannel channel;

  /**
   * An empty picture.
   *
   * @param folder where the scratch file lies
   * @throws StableSrException OUTPUT_WRITE when there can be no file
   */
  public PictureFile(Path folder, int height, int width) {
    Shapes.requireSize(height, width);
    this.folder = folder;
    this.height = height;
    this.width = width;
    try {
      this.channel = ScratchFiles.open(folder);
    } catch (IOException e) {
      throw failure(e);
    }
  }

  @Override
  public int height() {
    return height;
  }

  @Override
  public int width() {
    return width;
  }

  /**
   * Writes a part of a tile.
   *
   * @param tile {@code [1,3,h,w]} or {@code [3,h,w]}
   * @param part what of the tile is written
   * @param top row of the picture that the part begins at
   * @param left column of the picture that the part begins at
   * @throws StableSrException OUTPUT_WRITE when the disk is full or fails; CANCELLED
   */
  public void write(FloatTensor tile, Window part, int top, int left) {
    ByteBuffer bytes = buffer(part.width());
    int tileHeight = tile.dim(-2);
    int tileWidth = tile.dim(-1);
    try {
      for (int y = 0; y < part.height(); y++) {
        for (int c = 0; c < CHANNELS; c++) {
          int start = (c * tileHeight + part.y() + y) * tileWidth + part.x();
          bytes.clear().asFloatBuffer().put(tile.data(), start, part.width());
          long position = position(top + y, c, left);
          while (bytes.hasRemaining()) {
            position += channel.write(bytes, position);
          }
        }
      }
    } catch (IOException e) {
      throw failure(e);
    }
  }

  @Override
  public FloatTensor rows(int top, int rows) {
    FloatTensor strip = FloatTensor.zeros(CHANNELS, rows, width);
    ByteBuffer bytes = buffer(width);
    try {
      for (int y = 0; y < rows; y++) {
        for (int c = 0; c < CHANNELS; c++) {
          long position = position(top + y, c, 0);
          bytes.clear();
          while (bytes.hasRemaining()) {
            int count = channel.read(bytes, position);
            if (count < 0) {
              throw new EOFException("row %d was not written".formatted(top + y));
            }
            position += count;
          }
          bytes.flip().asFloatBuffer().get(strip.data(), (c * rows + y) * width, width);
        }
      }
    } catch (IOException e) {
      throw failure(e);
    }
    return strip;
  }

  private long position(int y, int channelIndex, int x) {
    return Float.BYTES * (((long) y * CHANNELS + channelIndex) * width + x);
  }

  private static ByteBuffer buffer(int values) {
    return ByteBuffer.allocateDirect(Math.multiplyExact(values, Float.BYTES))
        .order(ByteOrder.nativeOrder());
  }

  private StableSrException failure(IOException cause) {
    return ScratchFiles.failure(folder, cause);
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw failure(e);
    }
  }
}
