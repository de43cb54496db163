package io.stablesr.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.stablesr.graph.Graph;
import io.stablesr.network.Graphs;
import io.stablesr.network.Graphs.Extent;
import io.stablesr.testing.MiniModel;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is written for a GPU, read by libtorch on the processor; the operators are libtorch's. */
class CudaProgramTest {
  private static final ComputeDevice GPU = ComputeDevice.parse("cuda:0");
  private static final Graph DENOISER = new Graphs(MiniModel.ARCHITECTURE).denoiser(Extent.TILE);

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "FP32|torch.group_norm(x, groups, w, b, eps)|torch.layer_norm(x, [x.size(-1)], w, b, eps)",
        "BF16|torch.group_norm(x, groups, w.to(15), b.to(15), eps)|torch.layer_norm(x, [x.size(-1)], w.to(15), b.to(15), eps)",
        "FP16|torch.group_norm(x, groups, w.to(5), b.to(5), eps)|torch.layer_norm(x, [x.size(-1)], w.to(5), b.to(5), eps)"
      })
  void normalisationsTakeOneTypeAndNoCopyOfTheImage(
      Precision precision, String groupNorm, String layerNorm) {
    String source = source(CompileOptions.recommended(GPU, precision));

    assertThat(source).contains("  return " + groupNorm + "\n", "  return " + layerNorm + "\n");
    assertThat(source).doesNotContain(CudaNorm.OPERATOR);
    ScriptModule.load("for a GPU", source, ComputeDevice.CPU).close();
  }

  @Test
  void withChannelsLastGroupNormalisationIsTheOperatorWithScalesInFp32() {
    String source = source(CompileOptions.recommended(GPU, Precision.BF16).channelsLastNorm());

    assertThat(source)
        .contains("  return ops.stablesr.group_norm(x, groups, w, b, eps)\n")
        .contains("return x.to(15).contiguous(memory_format=2)")
        .doesNotContain("torch.group_norm");
  }

  @Test
  void whatIsTrainedKeepsTheNormalisationThatRecordsGradients() {
    CompileOptions options = CompileOptions.recommended(GPU, Precision.BF16).channelsLastNorm();

    assertThat(ProgramWriter.writeTrainable(DENOISER, options, GPU).source())
        .contains("torch.group_norm(x, groups, w.to(15), b.to(15), eps)")
        .doesNotContain(CudaNorm.OPERATOR);
  }

  @Test
  void onAProcessorTheRecommendationIsThatOfLibtorchAlone() {
    try (TensorEngine engine = TensorEngine.open(ComputeDevice.CPU, 1)) {
      assertThat(engine.recommended(Precision.BF16))
          .isEqualTo(CompileOptions.recommended(ComputeDevice.CPU, Precision.BF16));
    }
  }

  private static String source(CompileOptions options) {
    return ProgramWriter.write(DENOISER, options, NormStatistics.LOCAL, GPU).source();
  }
}
