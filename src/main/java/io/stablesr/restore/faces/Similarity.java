package io.stablesr.restore.faces;

import io.stablesr.core.ErrorCode;
import io.stablesr.core.StableSrException;
import java.util.List;

/**
 * A turn, an enlargement and a shift: {@code (x, y)} becomes {@code (a x - b y + shiftX, b x + a y
 * + shiftY)}.
 *
 * @param a enlargement times cosine of the angle
 * @param b enlargement times sine of the angle
 * @param shiftX added to x
 * @param shiftY added to y
 */
public record Similarity(double a, double b, double shiftX, double shiftY) {
  /** Moves nothing. */
  public static final Similarity IDENTITY = new Similarity(1, 0, 0, 0);

  /**
   * The one that brings {@code from} nearest to {@code to} in the sum of squared distances (Umeyama
   * 1991, without reflections).
   *
   * @throws StableSrException INTERNAL when all points of {@code from} are one
   */
  public static Similarity fit(List<Point> from, List<Point> to) {
    if (from.size() != to.size() || from.isEmpty()) {
      throw new IllegalArgumentException(
          "Cannot fit %d points to %d".formatted(from.size(), to.size()));
    }
    Point fromMean = mean(from);
    Point toMean = mean(to);
    double dot = 0;
    double cross = 0;
    double squares = 0;
    for (int i = 0; i < from.size(); i++) {
      double x = from.get(i).x() - fromMean.x();
      double y = from.get(i).y() - fromMean.y();
      double u = to.get(i).x() - toMean.x();
      double v = to.get(i).y() - toMean.y();
      dot += x * u + y * v;
      cross += x * v - y * u;
      squares += x * x + y * y;
    }
    if (!(squares > 0) || (dot == 0 && cross == 0)) {
      throw new StableSrException(
          ErrorCode.INTERNAL, "Five points of a face in one place have no direction.");
    }
    double a = dot / squares;
    double b = cross / squares;
    return new Similarity(
        a,
        b,
        toMean.x() - a * fromMean.x() + b * fromMean.y(),
        toMean.y() - b * fromMean.x() - a * fromMean.y());
  }

  private static Point mean(List<Point> points) {
    return new Point(
        points.stream().mapToDouble(Point::x).average().orElseThrow(),
        points.stream().mapToDouble(Point::y).average().orElseThrow());
  }

  /** Where a point goes. */
  public Point apply(double x, double y) {
    return new Point(a * x - b * y + shiftX, b * x + a * y + shiftY);
  }

  /** Where a point goes. */
  public Point apply(Point point) {
    return apply(point.x(), point.y());
  }

  /** How much longer distances become. */
  public double enlargement() {
    return Math.hypot(a, b);
  }

  /** The way back. */
  public Similarity inverse() {
    double squared = a * a + b * b;
    double p = a / squared;
    double q = -b / squared;
    return new Similarity(p, q, -p * shiftX + q * shiftY, -q * shiftX - p * shiftY);
  }
}
