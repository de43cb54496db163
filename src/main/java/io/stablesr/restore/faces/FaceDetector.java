package io.stablesr.restore.faces;

import io.stablesr.core.FloatTensor;
import java.util.List;

/** Finds faces. */
public interface FaceDetector {
  /**
   * The faces in a picture {@code [3,H,W]} in 0..1, the surest first, in its pixels.
   *
   * @param minimumScore faces that the detector is less sure of are left out
   */
  List<DetectedFace> detect(FloatTensor picture, double minimumScore);
}
