package io.stablesr.restore;

import io.stablesr.core.FloatTensor;
import io.stablesr.diffusion.NoiseDraw;
import io.stablesr.diffusion.NoiseSource;
import io.stablesr.diffusion.Window;
import io.stablesr.restore.ModelDescription.Posterior;

/**
 * From the autoencoder's latents to the denoiser's and back.
 *
 * @param scale factor between the two
 * @param posterior how a latent is taken from the moments
 */
record LatentScaling(double scale, Posterior posterior) {
  static LatentScaling of(ModelDescription model) {
    return new LatentScaling(model.latentScale(), model.posterior());
  }

  /**
   * {@code latentScale * (mean + std * noise)}: the posterior sample (docs/mathematics.md 1.4).
   *
   * @param moments {@code [1,8,h,w]}
   * @param window where on the canvas they lie
   */
  FloatTensor latent(FloatTensor moments, Window window, NoiseSource source) {
    int channels = moments.dim(1) / 2;
    FloatTensor z = FloatTensor.zeros(1, channels, moments.dim(2), moments.dim(3));
    float[] values = z.data();
    System.arraycopy(moments.data(), 0, values, 0, values.length);
    if (posterior == Posterior.SAMPLE) {
      float[] normal = source.normal(NoiseDraw.POSTERIOR, channels, window).data();
      for (int i = 0; i < values.length; i++) {
        float logVariance = Math.max(-30, Math.min(20, moments.data()[values.length + i]));
        float deviation = (float) Math.exp(0.5f * logVariance);
        values[i] += deviation * normal[i];
      }
    }
    float factor = (float) scale;
    for (int i = 0; i < values.length; i++) {
      values[i] *= factor;
    }
    return z;
  }

  /** A copy as the decoder wants it. */
  FloatTensor unscaled(FloatTensor latent) {
    FloatTensor unscaled = latent.copy();
    float factor = (float) (1 / scale);
    for (int i = 0; i < unscaled.size(); i++) {
      unscaled.data()[i] *= factor;
    }
    return unscaled;
  }
}
