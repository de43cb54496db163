package io.stablesr.degrade;

/** The one Bessel function that a circular low-pass filter needs. */
final class BesselFunctions {
  /**
   * Nodes over a full period. The trapezoidal rule of a periodic integrand errs by {@code
   * J_{NODES-1}(x)} and smaller terms, which for |x| up to 60 is below 1e-30.
   */
  private static final int NODES = 160;

  private BesselFunctions() {}

  /**
   * The Bessel function of the first kind and order one, from its integral {@code 1/pi
   * integral_0^pi cos(theta - x sin theta) d theta}.
   *
   * @param x at most 60 in magnitude
   */
  static double j1(double x) {
    if (Math.abs(x) > 60) {
      throw new IllegalArgumentException("J1 is evaluated up to 60 here, got " + x);
    }
    double sum = 0;
    for (int k = 0; k < NODES; k++) {
      double theta = 2 * Math.PI * k / NODES;
      sum += StrictMath.cos(theta - x * StrictMath.sin(theta));
    }
    return sum / NODES;
  }
}
