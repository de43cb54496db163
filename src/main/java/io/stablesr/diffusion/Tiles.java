package io.stablesr.diffusion;

import io.stablesr.core.FloatTensor;
import java.util.List;

/** Copies windows out of canvases {@code [N,C,H,W]} and back. */
public final class Tiles {
  /** A window of one image of a canvas. */
  record Tile(int image, Window window) {}

  private Tiles() {}

  /** The window as {@code [1,C,h,w]}. */
  public static FloatTensor crop(FloatTensor canvas, int image, Window window) {
    return gather(canvas, List.of(new Tile(image, window)));
  }

  /** Writes {@code part [1,C,h,w]} into the window of the first image of a canvas. */
  public static void put(FloatTensor part, FloatTensor canvas, Window window) {
    int width = window.width();
    int from = 0;
    for (int channel = 0; channel < canvas.dim(1); channel++) {
      for (int row = 0; row < window.height(); row++) {
        int to = (channel * canvas.dim(2) + window.y() + row) * canvas.dim(3) + window.x();
        System.arraycopy(part.data(), from, canvas.data(), to, width);
        from += width;
      }
    }
  }

  /** Windows of equal size as a batch {@code [B,C,h,w]}. */
  static FloatTensor gather(FloatTensor canvas, List<Tile> tiles) {
    int channels = canvas.dim(1);
    int height = tiles.get(0).window().height();
    int width = tiles.get(0).window().width();
    int canvasHeight = canvas.dim(2);
    int canvasWidth = canvas.dim(3);
    FloatTensor batch = FloatTensor.zeros(tiles.size(), channels, height, width);
    int to = 0;
    for (Tile tile : tiles) {
      Window window = tile.window();
      for (int channel = 0; channel < channels; channel++) {
        int plane = (tile.image() * channels + channel) * canvasHeight;
        for (int row = 0; row < height; row++) {
          int from = (plane + window.y() + row) * canvasWidth + window.x();
          System.arraycopy(canvas.data(), from, batch.data(), to, width);
          to += width;
        }
      }
    }
    return batch;
  }
}
