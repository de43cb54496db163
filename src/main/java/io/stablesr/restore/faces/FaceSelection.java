package io.stablesr.restore.faces;

import java.util.List;

/**
 * Decides what is done with a face, from its place and its landmarks alone.
 *
 * @param height of the picture in pixels
 * @param width of the picture in pixels
 * @param minimumEyeDistancePixels limit of tiny faces
 */
record FaceSelection(int height, int width, double minimumEyeDistancePixels) {
  /** Detectors' boxes are often a little larger than the face. */
  private static final double MOST_OUTSIDE = 0.1;

  /** Nose beside the middle of the eyes, in distances of the eyes; 0.5 is below an eye. */
  private static final double MOST_NOSE_OFFSET = 0.5;

  /** Distance of the eyes over that from eyes to mouth; 0.96 in the template. */
  private static final double LEAST_EYE_RATIO = 0.4;

  FaceAction action(DetectedFace face) {
    if (face.landmarks().eyeDistance() < Math.max(minimumEyeDistancePixels, Double.MIN_NORMAL)) {
      return FaceAction.LEFT_TINY;
    }
    if (atBorder(face.box()) || !face.landmarks().points().stream().allMatch(this::isInside)) {
      return FaceAction.LEFT_AT_BORDER;
    }
    return inProfile(face.landmarks().points()) ? FaceAction.LEFT_PROFILE : FaceAction.RESTORED;
  }

  private boolean atBorder(Box box) {
    Box inside =
        new Box(
            Math.max(0, box.left()),
            Math.max(0, box.top()),
            Math.min(width, box.right()),
            Math.min(height, box.bottom()));
    return !(inside.area() >= (1 - MOST_OUTSIDE) * box.area());
  }

  private boolean isInside(Point point) {
    return point.x() >= 0 && point.y() >= 0 && point.x() <= width && point.y() <= height;
  }

  private static boolean inProfile(List<Point> points) {
    Point eyes = middle(points.get(0), points.get(1));
    Point mouth = middle(points.get(3), points.get(4));
    double eyeDistance = points.get(0).distance(points.get(1));
    double alongX = (points.get(1).x() - points.get(0).x()) / eyeDistance;
    double alongY = (points.get(1).y() - points.get(0).y()) / eyeDistance;
    Point nose = points.get(2);
    double offset = (nose.x() - eyes.x()) * alongX + (nose.y() - eyes.y()) * alongY;
    return Math.abs(offset) > MOST_NOSE_OFFSET * eyeDistance
        || eyeDistance < LEAST_EYE_RATIO * eyes.distance(mouth);
  }

  private static Point middle(Point one, Point other) {
    return new Point((one.x() + other.x()) / 2, (one.y() + other.y()) / 2);
  }
}
