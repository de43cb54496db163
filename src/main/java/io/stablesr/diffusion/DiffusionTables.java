package io.stablesr.diffusion;

/**
 * The twelve tables that follow from a sequence of betas (Ho et al. 2020, equations 2 to 7), each
 * stored in fp32 and indexed 0..size-1.
 *
 * <p>There are two evaluations because the published weights were always sampled with both: the
 * base schedule in f64 throughout, respaced schedules from fp32 betas (docs/mathematics.md 2.1 and
 * 2.2). They differ by up to 4e-5 relative at index 0.
 */
public final class DiffusionTables {
  private static final double VARIANCE_FLOOR = 1e-20;

  private final float[] betas;
  private final float[] alphasCumprod;
  private final float[] alphasCumprodPrev;
  private final float[] sqrtAlphasCumprod;
  private final float[] sqrtOneMinusAlphasCumprod;
  private final float[] logOneMinusAlphasCumprod;
  private final float[] sqrtRecipAlphasCumprod;
  private final float[] sqrtRecipM1AlphasCumprod;
  private final float[] posteriorVariance;
  private final float[] posteriorLogVarianceClipped;
  private final float[] posteriorMeanCoef1;
  private final float[] posteriorMeanCoef2;

  private DiffusionTables(int size) {
    betas = new float[size];
    alphasCumprod = new float[size];
    alphasCumprodPrev = new float[size];
    sqrtAlphasCumprod = new float[size];
    sqrtOneMinusAlphasCumprod = new float[size];
    logOneMinusAlphasCumprod = new float[size];
    sqrtRecipAlphasCumprod = new float[size];
    sqrtRecipM1AlphasCumprod = new float[size];
    posteriorVariance = new float[size];
    posteriorLogVarianceClipped = new float[size];
    posteriorMeanCoef1 = new float[size];
    posteriorMeanCoef2 = new float[size];
  }

  /** Evaluates in f64 and rounds every table to fp32 at the end. */
  static DiffusionTables ofDoubles(double[] betas) {
    DiffusionTables tables = new DiffusionTables(betas.length);
    double cumprod = 1.0;
    for (int i = 0; i < betas.length; i++) {
      double previous = cumprod;
      double alpha = 1.0 - betas[i];
      cumprod *= alpha;
      tables.betas[i] = (float) betas[i];
      tables.alphasCumprod[i] = (float) cumprod;
      tables.sqrtAlphasCumprod[i] = (float) Math.sqrt(cumprod);
      tables.sqrtOneMinusAlphasCumprod[i] = (float) Math.sqrt(1.0 - cumprod);
      tables.logOneMinusAlphasCumprod[i] = (float) StrictMath.log(1.0 - cumprod);
      tables.sqrtRecipAlphasCumprod[i] = (float) Math.sqrt(1.0 / cumprod);
      tables.sqrtRecipM1AlphasCumprod[i] = (float) Math.sqrt(1.0 / cumprod - 1.0);
      tables.setPosterior(i, betas[i], previous, 1.0 - cumprod, Math.sqrt(alpha));
    }
    return tables;
  }

  /**
   * Evaluates in fp32, except that everything with the previous cumulative product is evaluated in
   * f64 from fp32 ingredients.
   */
  static DiffusionTables ofFloats(float[] betas) {
    DiffusionTables tables = new DiffusionTables(betas.length);
    float cumprod = 1.0f;
    for (int i = 0; i < betas.length; i++) {
      double previous = cumprod;
      float alpha = 1.0f - betas[i];
      cumprod *= alpha;
      float rest = 1.0f - cumprod;
      tables.betas[i] = betas[i];
      tables.alphasCumprod[i] = cumprod;
      tables.sqrtAlphasCumprod[i] = sqrt(cumprod);
      tables.sqrtOneMinusAlphasCumprod[i] = sqrt(rest);
      tables.logOneMinusAlphasCumprod[i] = (float) StrictMath.log(rest);
      tables.sqrtRecipAlphasCumprod[i] = sqrt(1.0f / cumprod);
      tables.sqrtRecipM1AlphasCumprod[i] = sqrt(1.0f / cumprod - 1.0f);
      tables.setPosterior(i, betas[i], previous, rest, sqrt(alpha));
    }
    return tables;
  }

  private void setPosterior(int i, double beta, double previous, double rest, double sqrtAlpha) {
    double variance = beta * (1.0 - previous) / rest;
    alphasCumprodPrev[i] = (float) previous;
    posteriorVariance[i] = (float) variance;
    posteriorLogVarianceClipped[i] = (float) StrictMath.log(Math.max(variance, VARIANCE_FLOOR));
    posteriorMeanCoef1[i] = (float) (beta * Math.sqrt(previous) / rest);
    posteriorMeanCoef2[i] = (float) ((1.0 - previous) * sqrtAlpha / rest);
  }

  private static float sqrt(float value) {
    return (float) Math.sqrt(value);
  }

  /** The number of timesteps. */
  public int size() {
    return betas.length;
  }

  /** Variance added by step {@code i}. */
  public float beta(int i) {
    return betas[i];
  }

  /** Product of (1 - beta) up to and including {@code i}. */
  public float alphaCumprod(int i) {
    return alphasCumprod[i];
  }

  /** The same product up to {@code i - 1}; 1 at 0. */
  public float alphaCumprodPrev(int i) {
    return alphasCumprodPrev[i];
  }

  /** Share of the clean latent in x_i. */
  public float sqrtAlphaCumprod(int i) {
    return sqrtAlphasCumprod[i];
  }

  /** Share of the noise in x_i. */
  public float sqrtOneMinusAlphaCumprod(int i) {
    return sqrtOneMinusAlphasCumprod[i];
  }

  /** log(1 - alphaCumprod); not used in sampling, within 2 ulp of the recorded table. */
  public float logOneMinusAlphaCumprod(int i) {
    return logOneMinusAlphasCumprod[i];
  }

  /** sqrt(1 / alphaCumprod). */
  public float sqrtRecipAlphaCumprod(int i) {
    return sqrtRecipAlphasCumprod[i];
  }

  /** sqrt(1 / alphaCumprod - 1). */
  public float sqrtRecipM1AlphaCumprod(int i) {
    return sqrtRecipM1AlphasCumprod[i];
  }

  /** Variance of q(x_{i-1} | x_i, x_0); 0 at 0. */
  public float posteriorVariance(int i) {
    return posteriorVariance[i];
  }

  /** Its logarithm, the variance held at 1e-20 or above. */
  public float posteriorLogVarianceClipped(int i) {
    return posteriorLogVarianceClipped[i];
  }

  /** Weight of x_0 in the posterior mean. */
  public float posteriorMeanCoef1(int i) {
    return posteriorMeanCoef1[i];
  }

  /** Weight of x_i in the posterior mean. */
  public float posteriorMeanCoef2(int i) {
    return posteriorMeanCoef2[i];
  }
}
