package io.stablesr.restore.faces;

import io.stablesr.core.ErrorCode;
import io.stablesr.core.StableSrException;

/**
 * Which faces are restored, and how.
 *
 * @param fidelity CodeFormer's w: 0 restores freely, 1 stays near to the face that is there
 * @param minimumScore faces that the detector is less sure of are not looked at, 0..1
 * @param minimumEyeDistancePixels faces whose eyes are nearer in the input are left as they are
 */
public record FaceOptions(double fidelity, double minimumScore, double minimumEyeDistancePixels) {
  /** Checks every value against its range. */
  public FaceOptions {
    require(fidelity >= 0 && fidelity <= 1, "fidelity", fidelity, "0..1");
    require(minimumScore >= 0 && minimumScore < 1, "minimum-score", minimumScore, "0..1, below 1");
    require(
        minimumEyeDistancePixels >= 0,
        "minimum-eye-distance-pixels",
        minimumEyeDistancePixels,
        "0 and above");
  }

  private static void require(boolean holds, String key, Object value, String range) {
    if (!holds) {
      throw new StableSrException(
          ErrorCode.CONFIG, "faces.%s is %s; it must be in %s.".formatted(key, value, range));
    }
  }
}
