package io.stablesr.job;

/**
 * Processors that a job may run on elsewhere. Peaks are the makers' figures for dense half
 * precision matrix products; what the networks reach of them was measured on an H100 and is assumed
 * of the others (docs/planning.md).
 */
public enum GpuKind {
  /** 2018, Turing. */
  T4("NVIDIA T4", 65),
  /** 2017, Volta. */
  V100("NVIDIA V100 SXM2", 125),
  /** 2021, Ampere. */
  A10("NVIDIA A10", 125),
  /** 2023, Ada. */
  L4("NVIDIA L4", 121),
  /** 2020, Ampere. */
  A100("NVIDIA A100 SXM", 312),
  /** 2023, Ada. */
  L40S("NVIDIA L40S", 362),
  /** 2022, Hopper; the H200 has the same peak. */
  H100("NVIDIA H100/H200 SXM", 989);

  /** Share of the peak that is assumed to be reached: that of an H100 with 4 tiles in a call. */
  public static final double ASSUMED_EFFICIENCY = 0.25;

  private final String label;
  private final double peakTflops;

  GpuKind(String label, double peakTflops) {
    this.label = label;
    this.peakTflops = peakTflops;
  }

  /** Its usual name. */
  public String label() {
    return label;
  }

  /** Dense half precision peak in TFLOP/s. */
  public double peakTflops() {
    return peakTflops;
  }

  /** The speed that is assumed. */
  public double assumedGflopsPerSecond() {
    return peakTflops * 1000 * ASSUMED_EFFICIENCY;
  }
}
