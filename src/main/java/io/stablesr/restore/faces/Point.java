package io.stablesr.restore.faces;

/**
 * A place in a picture in pixels; the first pixel reaches from (0,0) to (1,1).
 *
 * @param x to the right
 * @param y downwards
 */
public record Point(double x, double y) {
  /** Pixels from here to there. */
  public double distance(Point other) {
    return Math.hypot(x - other.x, y - other.y);
  }

  /** This place in a picture enlarged by {@code factor}. */
  public Point enlarged(double factor) {
    return new Point(x * factor, y * factor);
  }
}
