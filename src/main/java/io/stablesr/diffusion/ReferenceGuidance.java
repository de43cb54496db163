package io.stablesr.diffusion;

import io.stablesr.core.ErrorCode;
import io.stablesr.core.FloatTensor;
import io.stablesr.core.StableSrException;

/**
 * Pulls the predicted clean latent towards a reference, as the published face sampler does
 * (docs/mathematics.md 3.5): {@code repeats} times x0 &lt;- x0 - strength * 2 * (x0 - reference) /
 * batchDivisor.
 *
 * @param reference latent of the shape of the sampled one
 * @param strength step size, above 0
 * @param repeats how often per sampling step, at least 1
 * @param lowestIndex lowest sampling index (0 = last step) at which it acts
 * @param highestIndex highest such index
 * @param batchDivisor 1; the published code divides by the batch size of the reference
 */
public record ReferenceGuidance(
    FloatTensor reference,
    double strength,
    int repeats,
    int lowestIndex,
    int highestIndex,
    int batchDivisor) {
  /** Checks the ranges. */
  public ReferenceGuidance {
    if (!(strength > 0) || repeats < 1 || lowestIndex > highestIndex || batchDivisor < 1) {
      throw new StableSrException(
          ErrorCode.CONFIG,
          "Reference guidance with strength %s, %d repeats, indices %d..%d, divisor %d; needed are strength above 0, at least 1 repeat, ascending indices and a divisor of at least 1."
              .formatted(strength, repeats, lowestIndex, highestIndex, batchDivisor));
    }
  }

  /** Whether it acts at sampling index {@code i}. */
  public boolean actsAt(int i) {
    return lowestIndex <= i && i <= highestIndex;
  }

  /** The pulled latent. */
  public FloatTensor pull(FloatTensor x0) {
    Elementwise.requireSameShape(x0, reference);
    float[] target = reference.data();
    float[] pulled = x0.data().clone();
    float rate = (float) strength;
    for (int k = 0; k < repeats; k++) {
      for (int i = 0; i < pulled.length; i++) {
        float gradient = 2.0f * (pulled[i] - target[i]) / batchDivisor;
        pulled[i] = pulled[i] - rate * gradient;
      }
    }
    return FloatTensor.of(pulled, x0.shape());
  }
}
