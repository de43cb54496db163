package io.stablesr.diffusion;

/** A rectangle of a canvas, in latents or in pixels: rows y..y+height-1, columns x..x+width-1. */
public record Window(int y, int x, int height, int width) {
  /** Checks that it is not empty and does not begin outside. */
  public Window {
    if (y < 0 || x < 0 || height < 1 || width < 1) {
      throw new IllegalArgumentException(
          "Window y=%d x=%d height=%d width=%d".formatted(y, x, height, width));
    }
  }

  /** The whole of a canvas. */
  public static Window whole(int height, int width) {
    return new Window(0, 0, height, width);
  }
}
