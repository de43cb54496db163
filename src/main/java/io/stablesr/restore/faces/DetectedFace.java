package io.stablesr.restore.faces;

import java.util.Objects;

/**
 * A face that was found.
 *
 * @param box around it
 * @param score how sure the detector is, 0..1
 * @param landmarks its five places
 */
public record DetectedFace(Box box, double score, Landmarks landmarks) {
  /** Checks that nothing is missing. */
  public DetectedFace {
    Objects.requireNonNull(box, "box");
    Objects.requireNonNull(landmarks, "landmarks");
  }

  /** The face in a picture enlarged by {@code factor}. */
  public DetectedFace enlarged(double factor) {
    return new DetectedFace(box.enlarged(factor), score, landmarks.enlarged(factor));
  }
}
