package io.stablesr.restore.faces;

import io.stablesr.core.FloatTensor;

/** Makes a good face of a poor one. */
public interface FaceRestorer {
  /**
   * The restored face.
   *
   * @param face aligned, {@code [3,512,512]} in 0..1
   * @param fidelity 0: as good as it can be; 1: as near to the given face as it can be
   * @return {@code [3,512,512]} in 0..1
   */
  FloatTensor restore(FloatTensor face, double fidelity);
}
