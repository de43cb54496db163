package io.stablesr.restore.faces;

import java.io.Serializable;
import java.util.List;

/**
 * How many faces of a picture were found and what became of them.
 *
 * @param found faces with a score of at least the minimum
 * @param restored those that were restored and pasted back
 * @param left those that were left as they were
 */
public record FaceTally(int found, int restored, int left) implements Serializable {
  /** No face was looked for, or none found. */
  public static final FaceTally NONE = new FaceTally(0, 0, 0);

  /** Of the outcomes of one picture. */
  public static FaceTally of(List<FaceOutcome> outcomes) {
    int restored =
        (int) outcomes.stream().filter(face -> face.action() == FaceAction.RESTORED).count();
    return new FaceTally(outcomes.size(), restored, outcomes.size() - restored);
  }
}
