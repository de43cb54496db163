package io.stablesr.diffusion;

import io.stablesr.core.ErrorCode;
import io.stablesr.core.FloatTensor;
import io.stablesr.core.StableSrException;

/**
 * The schedule a model was trained with: one beta per timestep 0..size-1 (docs/mathematics.md 2.1).
 */
public final class NoiseSchedule {
  private final double[] betas;
  private final DiffusionTables tables;

  private NoiseSchedule(double[] betas) {
    this.betas = betas;
    this.tables = DiffusionTables.ofDoubles(betas);
  }

  /** The schedule of Stable Diffusion and of all published StableSR weights. */
  public static NoiseSchedule stableDiffusion() {
    return scaledLinear(0.00085, 0.0120, 1000);
  }

  /**
   * The square roots of beta grow linearly from {@code sqrt(linearStart)} to {@code
   * sqrt(linearEnd)}.
   */
  public static NoiseSchedule scaledLinear(double linearStart, double linearEnd, int timesteps) {
    if (!(linearStart > 0 && linearStart <= linearEnd && linearEnd < 1) || timesteps < 2) {
      throw new StableSrException(
          ErrorCode.CONFIG,
          "No noise schedule from linear_start %s to linear_end %s over %d timesteps; needed are 0 < start <= end < 1 and at least 2 timesteps."
              .formatted(linearStart, linearEnd, timesteps));
    }
    double start = Math.sqrt(linearStart);
    double end = Math.sqrt(linearEnd);
    double step = (end - start) / (timesteps - 1);
    double[] betas = new double[timesteps];
    for (int i = 0; i < timesteps; i++) {
      // From both ends with fused multiply-add: the recorded betas are matched to the last bit.
      double root =
          i < timesteps / 2
              ? Math.fma(step, i, start)
              : Math.fma(-step, (double) (timesteps - 1 - i), end);
      betas[i] = root * root;
    }
    return new NoiseSchedule(betas);
  }

  /** The number of timesteps. */
  public int size() {
    return betas.length;
  }

  /** The unrounded beta of a timestep. */
  public double beta(int timestep) {
    return betas[timestep];
  }

  /** Logarithm of the signal-to-noise ratio of x_t, {@code ln(a / (1 - a))}. */
  public double logSnr(int timestep) {
    double signal = tables.alphaCumprod(timestep);
    return Math.log(signal / (1 - signal));
  }

  /** The tables over all timesteps. */
  public DiffusionTables tables() {
    return tables;
  }

  /**
   * The coefficients of all timesteps that {@code timesteps} (ascending) keeps (docs/mathematics.md
   * 2.2).
   */
  public DiffusionTables respaced(int[] timesteps) {
    float[] kept = new float[timesteps.length];
    float last = 1.0f;
    int lastTimestep = -1;
    for (int k = 0; k < timesteps.length; k++) {
      int timestep = timesteps[k];
      if (timestep <= lastTimestep || timestep >= size()) {
        throw new IllegalArgumentException(
            "Timestep %d after %d: timesteps must ascend within 0..%d"
                .formatted(timestep, lastTimestep, size() - 1));
      }
      float cumprod = tables.alphaCumprod(timestep);
      kept[k] = 1.0f - cumprod / last;
      last = cumprod;
      lastTimestep = timestep;
    }
    return DiffusionTables.ofFloats(kept);
  }

  /** x_t = sqrt(ac_t) * x0 + sqrt(1 - ac_t) * noise, for tensors of one shape. */
  public FloatTensor noised(FloatTensor x0, FloatTensor noise, int timestep) {
    return Elementwise.weightedSum(
        tables.sqrtAlphaCumprod(timestep), x0, tables.sqrtOneMinusAlphaCumprod(timestep), noise);
  }
}
