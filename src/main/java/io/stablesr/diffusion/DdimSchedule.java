package io.stablesr.diffusion;

import io.stablesr.core.ErrorCode;
import io.stablesr.core.StableSrException;
import io.stablesr.core.Words;

/**
 * Timesteps and coefficients of a DDIM run, indexed 0..size-1 from clean to noisy
 * (docs/mathematics.md 3.3).
 */
public final class DdimSchedule implements Timesteps {
  private final int[] timesteps;
  private final float[] alphas;
  private final double[] alphasPrev;
  private final double[] sigmas;

  /**
   * @param alphasPrev f64 because the published tables are; the values are fp32 numbers
   */
  private DdimSchedule(int[] timesteps, float[] alphas, double[] alphasPrev, double eta) {
    this.timesteps = timesteps;
    this.alphas = alphas;
    this.alphasPrev = alphasPrev;
    this.sigmas = new double[alphas.length];
    for (int k = 0; k < sigmas.length; k++) {
      double previous = alphasPrev[k];
      // The published division multiplies by a reciprocal that is rounded to fp32.
      double reciprocal = 1 / (1 - alphas[k]);
      sigmas[k] = eta * Math.sqrt((1 - previous) * reciprocal * (1 - alphas[k] / previous));
    }
  }

  /**
   * Coefficients of the very timesteps that the network sees; the last step goes to alpha 1, so its
   * predicted x0 is the result.
   *
   * @param timesteps strictly ascending
   */
  public static DdimSchedule consistent(NoiseSchedule base, int[] timesteps, double eta) {
    float[] alphas = new float[timesteps.length];
    double[] alphasPrev = new double[timesteps.length];
    double previous = 1.0;
    for (int k = 0; k < timesteps.length; k++) {
      alphas[k] = base.tables().alphaCumprod(timesteps[k]);
      alphasPrev[k] = previous;
      previous = alphas[k];
    }
    return new DdimSchedule(timesteps.clone(), alphas, alphasPrev, eta);
  }

  /**
   * The published mismatch: the network sees 0..size-1 spread evenly, the coefficients are those of
   * {@code range(0, size, size / steps)}. Where the division leaves a rest the topmost coefficients
   * are not used. The last step keeps alpha and therefore leaves x unchanged.
   */
  public static DdimSchedule published(NoiseSchedule base, int steps, double eta) {
    int[] timesteps = TimestepSpacing.LINSPACE.timesteps(base, steps, base.size() - 1);
    int stride = base.size() / steps;
    float[] alphas = new float[steps];
    double[] alphasPrev = new double[steps];
    for (int k = 0; k < steps; k++) {
      alphas[k] = base.tables().alphaCumprod(k * stride);
      alphasPrev[k] = base.tables().alphaCumprod(Math.max(k - 1, 0) * stride);
    }
    return new DdimSchedule(timesteps, alphas, alphasPrev, eta);
  }

  /** The schedule that {@code options} ask for. */
  static DdimSchedule of(NoiseSchedule base, SamplingOptions options) {
    if (options.ddimTables() == DdimTables.CONSISTENT) {
      int[] timesteps = options.spacing().timesteps(base, options.steps(), options.startTimestep());
      return consistent(base, timesteps, options.eta());
    }
    if (options.startTimestep() != base.size() - 1
        || options.spacing() != TimestepSpacing.LINSPACE) {
      throw new StableSrException(
          ErrorCode.CONFIG,
          "compat.ddim-tables = published needs sampling.start-timestep %d and sampling.spacing linspace, not %d and %s; use consistent."
              .formatted(base.size() - 1, options.startTimestep(), Words.of(options.spacing())));
    }
    return published(base, options.steps(), options.eta());
  }

  @Override
  public int size() {
    return timesteps.length;
  }

  @Override
  public int timestep(int k) {
    return timesteps[k];
  }

  /** Cumulative alpha of x before step {@code k}. */
  public float alpha(int k) {
    return alphas[k];
  }

  /** Cumulative alpha of x after step {@code k}. */
  public double alphaPrev(int k) {
    return alphasPrev[k];
  }

  /** Standard deviation of the fresh noise. */
  public double sigma(int k) {
    return sigmas[k];
  }

  /** sqrt(1 - alpha). */
  public float sqrtOneMinusAlpha(int k) {
    return (float) Math.sqrt(1.0f - alphas[k]);
  }
}
