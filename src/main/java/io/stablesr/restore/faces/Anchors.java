package io.stablesr.restore.faces;

import io.stablesr.core.FloatTensor;
import io.stablesr.network.RetinaFace;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The squares that {@link RetinaFace} judges (section 3.3 of its paper) and what its answers say:
 * offsets in units of a square's side, times 0.1, and logarithms of sides, times 0.2.
 */
public final class Anchors {
  /** Boxes that cover more than this of what they cover together are one face. */
  public static final double SAME_FACE_OVERLAP = 0.4;

  private static final double[][] SIDES = {{16, 32}, {64, 128}, {256, 512}};
  private static final double CENTRE_VARIANCE = 0.1;
  private static final double SIDE_VARIANCE = 0.2;

  private final int width;
  private final int height;
  private final float[] squares;

  /** Of a picture of this size, multiples of 32. */
  public Anchors(int height, int width) {
    this.width = width;
    this.height = height;
    int places = 0;
    for (int stride : RetinaFace.STRIDES) {
      places += (height / stride) * (width / stride);
    }
    this.squares = new float[4 * RetinaFace.ANCHORS * places];
    int at = 0;
    for (int level = 0; level < SIDES.length; level++) {
      int stride = RetinaFace.STRIDES.get(level);
      int columns = width / stride;
      for (int place = 0; place < (height / stride) * columns; place++) {
        int row = place / columns;
        double x = (place % columns + 0.5) * stride;
        double y = (row + 0.5) * stride;
        for (double side : SIDES[level]) {
          squares[at++] = (float) (x / width);
          squares[at++] = (float) (y / height);
          squares[at++] = (float) (side / width);
          squares[at++] = (float) (side / height);
        }
      }
    }
  }

  /** Centre x, centre y, width and height of each as shares of the picture: {@code [A,4]}. */
  public FloatTensor squares() {
    return FloatTensor.of(squares, count(), 4);
  }

  /** How many there are. */
  public int count() {
    return squares.length / 4;
  }

  /** Left, top, right, bottom in pixels of the box that square {@code anchor} stands for. */
  public Box box(int anchor, float[] offsets) {
    int at = 4 * anchor;
    double x = centre(at, offsets[at]);
    double y = centre(at + 1, offsets[at + 1]);
    double w = squares[at + 2] * Math.exp(offsets[at + 2] * SIDE_VARIANCE);
    double h = squares[at + 3] * Math.exp(offsets[at + 3] * SIDE_VARIANCE);
    return new Box(
        (x - w / 2) * width, (y - h / 2) * height, (x + w / 2) * width, (y + h / 2) * height);
  }

  /** The five places, of ten offsets per square. */
  public Landmarks landmarks(int anchor, float[] offsets) {
    double[] coordinates = new double[10];
    for (int i = 0; i < coordinates.length; i++) {
      double share = centre(4 * anchor + i % 2, offsets[10 * anchor + i]);
      coordinates[i] = share * (i % 2 == 0 ? width : height);
    }
    return Landmarks.of(coordinates);
  }

  private double centre(int at, float offset) {
    return squares[at] + offset * CENTRE_VARIANCE * squares[at + 2];
  }

  /** How sure the network is that there is a face, of two values per square: softmax. */
  public static float score(int anchor, float[] classes) {
    float nothing = classes[2 * anchor];
    float face = classes[2 * anchor + 1];
    float most = Math.max(nothing, face);
    float share = (float) Math.exp(face - most);
    return share / (share + (float) Math.exp(nothing - most));
  }

  /**
   * The faces with a score above {@code minimumScore}, the surest first; of several that overlap
   * only the surest stays.
   *
   * @param classes two values per square
   * @param boxes four
   * @param landmarks ten
   */
  public List<DetectedFace> faces(
      float[] classes, float[] boxes, float[] landmarks, double minimumScore) {
    List<DetectedFace> candidates = new ArrayList<>();
    for (int anchor = 0; anchor < count(); anchor++) {
      float score = score(anchor, classes);
      if (score > minimumScore) {
        candidates.add(new DetectedFace(box(anchor, boxes), score, landmarks(anchor, landmarks)));
      }
    }
    return distinct(candidates);
  }

  private static List<DetectedFace> distinct(List<DetectedFace> candidates) {
    List<DetectedFace> kept = new ArrayList<>();
    candidates.stream()
        .sorted(Comparator.comparingDouble(DetectedFace::score).reversed())
        .filter(
            face ->
                kept.stream()
                    .noneMatch(other -> face.box().overlap(other.box()) > SAME_FACE_OVERLAP))
        .forEach(kept::add);
    return kept;
  }
}
