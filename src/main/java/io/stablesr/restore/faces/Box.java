package io.stablesr.restore.faces;

/**
 * An upright rectangle in pixels; it may reach beyond the picture.
 *
 * @param left left edge
 * @param top top edge
 * @param right right edge
 * @param bottom bottom edge
 */
public record Box(double left, double top, double right, double bottom) {
  /** Its area; 0 where it is turned inside out. */
  public double area() {
    return Math.max(0, right - left) * Math.max(0, bottom - top);
  }

  /** What both have in common over what they cover together, 0..1. */
  public double overlap(Box other) {
    Box common =
        new Box(
            Math.max(left, other.left),
            Math.max(top, other.top),
            Math.min(right, other.right),
            Math.min(bottom, other.bottom));
    double union = area() + other.area() - common.area();
    return union > 0 ? common.area() / union : 0;
  }

  /** The rectangle in a picture enlarged by {@code factor}. */
  public Box enlarged(double factor) {
    return new Box(left * factor, top * factor, right * factor, bottom * factor);
  }
}
