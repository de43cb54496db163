package io.stablesr.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.stablesr.engine.CompileOptions.AttentionKernel;
import io.stablesr.engine.CompileOptions.MemoryFormat;
import io.stablesr.engine.CompileOptions.Packing;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class CompileOptionsTest {
  @ParameterizedTest
  @EnumSource(Precision.class)
  void onAGpuLayoutsAreThoseItsKernelsReturn(Precision precision) {
    CompileOptions options = CompileOptions.recommended(ComputeDevice.parse("cuda:0"), precision);
    assertThat(options)
        .isEqualTo(
            new CompileOptions(
                precision, MemoryFormat.CHANNELS_FIRST, Packing.NONE, AttentionKernel.FUSED));
  }

  @Test
  void onAProcessorLowPrecisionIsPackedAndFullPrecisionExact() {
    assertThat(CompileOptions.recommended(ComputeDevice.CPU, Precision.FP32))
        .isEqualTo(CompileOptions.EXACT);
    assertThat(CompileOptions.recommended(ComputeDevice.CPU, Precision.BF16))
        .isEqualTo(
            new CompileOptions(
                Precision.BF16,
                MemoryFormat.CHANNELS_LAST,
                Packing.ONEDNN,
                AttentionKernel.BLOCKED));
  }
}
