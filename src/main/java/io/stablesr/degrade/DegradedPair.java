package io.stablesr.degrade;

import io.stablesr.core.FloatTensor;
import io.stablesr.degrade.DegradationDraw.Treatment;
import io.stablesr.image.TorchResize;

/**
 * A good picture and what became of it, both in 0..1.
 *
 * @param groundTruth {@code [3,H,W]}, sharpened if the draw says so
 * @param lowQuality {@code [3,H/scale,W/scale]}
 * @param draw what was done
 */
public record DegradedPair(FloatTensor groundTruth, FloatTensor lowQuality, DegradationDraw draw) {
  /**
   * The low-quality picture at the size of the good one, {@code [3,H,W]} in 0..1: what the
   * published training encodes. Enlarged bicubically and clipped; of a clean pair the good picture
   * itself.
   */
  public FloatTensor condition() {
    if (draw.treatment() == Treatment.CLEAN) {
      return groundTruth;
    }
    FloatTensor enlarged = TorchResize.bicubic(lowQuality, groundTruth.dim(1), groundTruth.dim(2));
    for (int i = 0; i < enlarged.size(); i++) {
      enlarged.data()[i] = Math.min(Math.max(enlarged.data()[i], 0f), 1f);
    }
    return enlarged;
  }
}
