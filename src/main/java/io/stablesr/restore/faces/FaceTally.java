package io.stablesr.restore.faces;

import java.io.Serializable;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

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

  /**
   * What a user should know of faces that were left, such as {@code 2 of 3 faces were left as they
   * are: 1 too small, 1 seen from the side.}; empty where none was.
   */
  public static Optional<String> leftOut(List<FaceOutcome> outcomes) {
    Map<FaceAction, Long> counts = new EnumMap<>(FaceAction.class);
    outcomes.forEach(face -> counts.merge(face.action(), 1L, Long::sum));
    counts.remove(FaceAction.RESTORED);
    if (counts.isEmpty()) {
      return Optional.empty();
    }
    String reasons =
        counts.entrySet().stream()
            .map(count -> count.getValue() + " " + count.getKey().reason())
            .collect(Collectors.joining(", "));
    return Optional.of(
        "%d of %d faces were left as they are: %s."
            .formatted(of(outcomes).left(), outcomes.size(), reasons));
  }

  /** Of the outcomes of one picture. */
  public static FaceTally of(List<FaceOutcome> outcomes) {
    int restored =
        (int) outcomes.stream().filter(face -> face.action() == FaceAction.RESTORED).count();
    return new FaceTally(outcomes.size(), restored, outcomes.size() - restored);
  }
}
