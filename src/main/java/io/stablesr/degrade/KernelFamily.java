package io.stablesr.degrade;

/** The families of blur kernels, functions of {@code q = d^T Sigma^-1 d} of an offset d. */
public enum KernelFamily {
  /** {@code exp(-q/2)} with one sigma. */
  ISO,
  /** {@code exp(-q/2)} with two sigmas and a rotation. */
  ANISO,
  /** {@code exp(-q^beta/2)} with one sigma. */
  GENERALIZED_ISO,
  /** {@code exp(-q^beta/2)} with two sigmas and a rotation. */
  GENERALIZED_ANISO,
  /** {@code 1/(1+q^beta)} with one sigma. */
  PLATEAU_ISO,
  /** {@code 1/(1+q^beta)} with two sigmas and a rotation. */
  PLATEAU_ANISO;

  /** Whether the kernel is the same in all directions. */
  public boolean isIsotropic() {
    return this == ISO || this == GENERALIZED_ISO || this == PLATEAU_ISO;
  }

  /** Whether the family has an exponent beta. */
  public boolean hasBeta() {
    return this != ISO && this != ANISO;
  }

  double value(double q, double beta) {
    return switch (this) {
      case ISO, ANISO -> StrictMath.exp(-0.5 * q);
      case GENERALIZED_ISO, GENERALIZED_ANISO -> StrictMath.exp(-0.5 * StrictMath.pow(q, beta));
      case PLATEAU_ISO, PLATEAU_ANISO -> 1 / (StrictMath.pow(q, beta) + 1);
    };
  }
}
