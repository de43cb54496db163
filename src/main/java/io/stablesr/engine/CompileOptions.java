package io.stablesr.engine;

import java.util.Objects;

/**
 * How a recorded graph becomes a program. None of it changes what is computed, only how exactly and
 * how fast.
 *
 * @param precision of convolutions, linear maps and attention
 * @param memoryFormat layout of image tensors
 * @param packing whether weights are re-ordered once for the processor's kernels
 * @param attention kernel of multi-head attention
 * @param norm kernel of group normalisation
 */
public record CompileOptions(
    Precision precision,
    MemoryFormat memoryFormat,
    Packing packing,
    AttentionKernel attention,
    NormKernel norm) {
  /** fp32 with the layouts of the reference: the smallest difference to it. */
  public static final CompileOptions EXACT =
      new CompileOptions(
          Precision.FP32, MemoryFormat.CHANNELS_FIRST, Packing.NONE, AttentionKernel.FUSED);

  /** Layout of image tensors in memory. */
  public enum MemoryFormat {
    /** NCHW. */
    CHANNELS_FIRST,
    /** NHWC strides under NCHW shapes. */
    CHANNELS_LAST
  }

  /** Whether weights are re-ordered once. */
  public enum Packing {
    /** Weights are used as stored; in fp32 they stay memory-mapped. */
    NONE,
    /** oneDNN blocked weights: faster on a processor, at the price of a private copy. */
    ONEDNN
  }

  /** Kernel of multi-head attention. */
  public enum AttentionKernel {
    /** libtorch's fused kernel. */
    FUSED,
    /** Batched matrix products over blocks of queries. */
    BLOCKED
  }

  /** Kernel of group normalisation. */
  public enum NormKernel {
    /** libtorch's. */
    LIBTORCH,
    /** This project's for GPUs and images with channels last ({@link CudaNorm}). */
    CHANNELS_LAST
  }

  /** Options with libtorch's normalisation. */
  public CompileOptions(
      Precision precision, MemoryFormat memoryFormat, Packing packing, AttentionKernel attention) {
    this(precision, memoryFormat, packing, attention, NormKernel.LIBTORCH);
  }

  /** Checks for missing values. */
  public CompileOptions {
    Objects.requireNonNull(precision, "precision");
    Objects.requireNonNull(memoryFormat, "memoryFormat");
    Objects.requireNonNull(packing, "packing");
    Objects.requireNonNull(attention, "attention");
    Objects.requireNonNull(norm, "norm");
  }

  /** The same with the normalisation that wants channels last, and so in that layout. */
  public CompileOptions channelsLastNorm() {
    return new CompileOptions(
        precision, MemoryFormat.CHANNELS_LAST, packing, attention, NormKernel.CHANNELS_LAST);
  }

  /**
   * The best for a device and precision with libtorch alone; {@link TensorEngine#recommended} knows
   * what else is there.
   */
  public static CompileOptions recommended(ComputeDevice device, Precision precision) {
    if (device.kind() == ComputeDevice.Kind.CUDA) {
      return new CompileOptions(
          precision, MemoryFormat.CHANNELS_FIRST, Packing.NONE, AttentionKernel.FUSED);
    }
    if (precision == Precision.FP32) {
      return EXACT;
    }
    return new CompileOptions(
        precision, MemoryFormat.CHANNELS_LAST, Packing.ONEDNN, AttentionKernel.BLOCKED);
  }
}
