package io.stablesr.parity;

import io.stablesr.engine.Precision;

/**
 * The tolerances of one run.
 *
 * @param arithmetic element-wise fp32 arithmetic and resampling, never reduced in precision
 * @param network one evaluation of a network
 * @param sampler whole sampling runs and what follows from them
 */
record Tolerances(Tolerance arithmetic, Tolerance network, Tolerance sampler) {
  private static final Tolerance ARITHMETIC = Tolerance.relative(2e-6);

  static Tolerances of(Precision precision) {
    return precision == Precision.FP32
        ? new Tolerances(ARITHMETIC, Tolerance.relative(1e-5), Tolerance.relative(1e-4))
        // 8 bits of mantissa: single values stray far, the norm does not.
        : new Tolerances(ARITHMETIC, Tolerance.relativeNorm(3e-2), Tolerance.relativeNorm(1.5e-1));
  }
}
