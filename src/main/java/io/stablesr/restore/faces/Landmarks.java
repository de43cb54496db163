package io.stablesr.restore.faces;

import java.util.List;
import java.util.stream.IntStream;

/**
 * Five places of a face, left and right as seen in the picture.
 *
 * @param points left eye, right eye, tip of the nose, left and right corner of the mouth
 */
public record Landmarks(List<Point> points) {
  private static final int COUNT = 5;

  /** Where they are in the 512-pixel faces of FFHQ, on which face restorers are trained. */
  public static final Landmarks TEMPLATE =
      new Landmarks(
          List.of(
              new Point(192.98138, 239.94708),
              new Point(318.90277, 240.1936),
              new Point(256.63416, 314.01935),
              new Point(201.26117, 371.41043),
              new Point(313.08905, 371.15118)));

  /** Takes a copy. */
  public Landmarks {
    points = List.copyOf(points);
    if (points.size() != COUNT) {
      throw new IllegalArgumentException("A face has %d landmarks, not 5".formatted(points.size()));
    }
  }

  /** From {@code x, y} of each. */
  public static Landmarks of(double... coordinates) {
    return new Landmarks(
        IntStream.range(0, coordinates.length / 2)
            .mapToObj(i -> new Point(coordinates[2 * i], coordinates[2 * i + 1]))
            .toList());
  }

  /** Pixels between the eyes. */
  public double eyeDistance() {
    return points.get(0).distance(points.get(1));
  }

  /** Where they are in a picture enlarged by {@code factor}. */
  public Landmarks enlarged(double factor) {
    return new Landmarks(points.stream().map(point -> point.enlarged(factor)).toList());
  }
}
