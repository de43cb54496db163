package io.stablesr.engine;

/** In what precision convolutions, linear maps and attention are computed. */
public enum Precision {
  /** 32 bit: equal to the reference within rounding. */
  FP32(6),
  /** 16 bit with the exponent range of fp32. */
  BF16(15),
  /** 16 bit IEEE half; for GPUs. */
  FP16(5);

  private final int scalarType;

  Precision(int scalarType) {
    this.scalarType = scalarType;
  }

  /** libtorch's number of the type. */
  int scalarType() {
    return scalarType;
  }
}
