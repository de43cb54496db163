package io.stablesr.restore.faces;

import io.stablesr.core.FloatTensor;

/** Gives a restored face the texture of another model. */
@FunctionalInterface
public interface FaceRefiner {
  /** Leaves restored faces as they are. */
  FaceRefiner NONE = (index, poor, restored) -> restored;

  /**
   * The refined face.
   *
   * @param index number of the face in its picture, from 0
   * @param poor the face as the input has it, aligned, {@code [3,512,512]} in 0..1
   * @param restored what the restorer made of it
   * @return {@code [3,512,512]} in 0..1
   */
  FloatTensor refine(int index, FloatTensor poor, FloatTensor restored);
}
