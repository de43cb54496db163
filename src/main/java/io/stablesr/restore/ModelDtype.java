package io.stablesr.restore;

import io.stablesr.engine.Precision;

/** The number type the networks compute in. */
public enum ModelDtype {
  /** 32-bit floating point: the reference. */
  FP32(Precision.FP32, Float.BYTES),
  /** bfloat16: half the memory, the exponent range of fp32. */
  BF16(Precision.BF16, Short.BYTES),
  /** IEEE half precision: half the memory, for accelerators without bfloat16. */
  FP16(Precision.FP16, Short.BYTES);

  private final Precision precision;
  private final int bytes;

  ModelDtype(Precision precision, int bytes) {
    this.precision = precision;
    this.bytes = bytes;
  }

  /** What the engine calls it. */
  Precision precision() {
    return precision;
  }

  /** Bytes of a number. */
  public int bytes() {
    return bytes;
  }
}
