package io.stablesr.restore.faces;

import io.stablesr.core.FloatTensor;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * Restores the faces of an enlarged picture: they are found in the input, whose pixels are nobody's
 * invention, and each is cut out of the enlarged picture, restored, and laid back over it.
 */
public final class FaceStage {
  private final FaceDetector detector;
  private final FaceRestorer restorer;
  private final FaceOptions options;

  /** A stage of these parts. */
  public FaceStage(FaceDetector detector, FaceRestorer restorer, FaceOptions options) {
    this.detector = detector;
    this.restorer = restorer;
    this.options = options;
  }

  /**
   * What became of a picture.
   *
   * @param picture {@code [3,H,W]}; the given one where no face was restored
   * @param faces what was found, the surest first
   */
  public record Result(FloatTensor picture, List<FaceOutcome> faces) {
    /** Takes a copy of the list. */
    public Result {
      faces = List.copyOf(faces);
    }
  }

  /**
   * Restores what can be restored.
   *
   * @param input picture in which faces are looked for, {@code [3,h,w]} in 0..1
   * @param enlarged the same picture, {@code [3,H,W]} in 0..1; not changed
   * @param refiner what restored faces go through
   */
  public Result apply(FloatTensor input, FloatTensor enlarged, FaceRefiner refiner) {
    FaceSelection selection =
        new FaceSelection(input.dim(1), input.dim(2), options.minimumEyeDistancePixels());
    double factor = (double) enlarged.dim(2) / input.dim(2);
    List<DetectedFace> found = detector.detect(input, options.minimumScore());
    Deque<FaceOutcome> outcomes = new ArrayDeque<>();
    FloatTensor picture = enlarged;
    // The least sure first, so that the surest lies on top where two overlap.
    for (int index = found.size() - 1; index >= 0; index--) {
      DetectedFace face = found.get(index).enlarged(factor);
      FaceAction action = selection.action(found.get(index));
      if (action == FaceAction.RESTORED) {
        picture = picture == enlarged ? enlarged.copy() : picture;
        AlignedFace aligned = AlignedFace.of(enlarged, face.landmarks());
        FloatTensor restored = restorer.restore(aligned.picture(), options.fidelity());
        FloatTensor poor = AlignedFace.of(input, found.get(index).landmarks()).picture();
        aligned.pasteInto(picture, refiner.refine(index, poor, restored));
      }
      outcomes.addFirst(new FaceOutcome(face.box(), face.score(), action));
    }
    return new Result(picture, List.copyOf(outcomes));
  }
}
