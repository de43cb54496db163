package io.stablesr.restore.faces;

import java.util.Objects;

/**
 * A face of a picture and what became of it.
 *
 * @param box around it in pixels of the result
 * @param score how sure the detector is, 0..1
 * @param action what was done
 */
public record FaceOutcome(Box box, double score, FaceAction action) {
  /** Checks that nothing is missing. */
  public FaceOutcome {
    Objects.requireNonNull(box, "box");
    Objects.requireNonNull(action, "action");
  }
}
