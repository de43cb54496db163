package io.stablesr.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.stablesr.core.FloatTensor;
import io.stablesr.graph.Graph;
import io.stablesr.network.Architecture;
import io.stablesr.network.Graphs;
import io.stablesr.network.Graphs.Extent;
import io.stablesr.testing.MiniModel;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class InitialWeightsTest {
  private static final Architecture MINI = MiniModel.ARCHITECTURE;
  private static final Graph DENOISER = new Graphs(MINI).denoiser(Extent.TILE);

  @Test
  void weightsAreUniformAsTorchMakesThem() {
    Map<String, FloatTensor> all = InitialWeights.complete(Map.of(), List.of(DENOISER), 7);
    assertThat(all.keySet()).isEqualTo(DENOISER.parameters().keySet());
    float[] kernel = all.get("model.diffusion_model.middle_block.0.in_layers.2.weight").data();
    double bound = 1 / Math.sqrt(64 * 9);
    double squares = 0;
    for (float value : kernel) {
      assertThat(Math.abs(value)).isLessThanOrEqualTo((float) bound);
      squares += value * value;
    }
    assertThat(Math.sqrt(squares / kernel.length))
        .isCloseTo(bound / Math.sqrt(3), within(0.02 * bound));
    assertThat(all.get("model.diffusion_model.middle_block.0.in_layers.0.weight").data())
        .containsOnly(1f);
    assertThat(all.get("model.diffusion_model.out.2.weight").data()).containsOnly(0f);
    assertThat(all.get("structcond_stage_model.fea_tran.0.out_layers.3.weight").data())
        .containsOnly(0f);
  }

  @Test
  void givenWeightsStayAndOthersDoNotDependOnThem() {
    String given = "model.diffusion_model.time_embed.0.bias";
    FloatTensor value = FloatTensor.zeros(128);
    Map<String, FloatTensor> with =
        InitialWeights.complete(Map.of(given, value), List.of(DENOISER), 7);
    Map<String, FloatTensor> without = InitialWeights.complete(Map.of(), List.of(DENOISER), 7);
    assertThat(with.get(given)).isSameAs(value);
    String other = "model.diffusion_model.time_embed.0.weight";
    assertThat(with.get(other).data()).isEqualTo(without.get(other).data());
    assertThat(InitialWeights.complete(Map.of(), List.of(DENOISER), 8).get(other).data())
        .isNotEqualTo(without.get(other).data());
  }
}
