package io.stablesr.restore;

/** The number type the networks compute in. */
public enum ModelDtype {
  /** 32-bit floating point: the reference. */
  FP32,
  /** bfloat16: half the memory, the exponent range of fp32. */
  BF16,
  /** IEEE half precision: half the memory, for accelerators without bfloat16. */
  FP16
}
