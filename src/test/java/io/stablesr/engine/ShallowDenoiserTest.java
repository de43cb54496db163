package io.stablesr.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.stablesr.checkpoint.Weights;
import io.stablesr.core.FloatTensor;
import io.stablesr.graph.Graph;
import io.stablesr.graph.Symbol;
import io.stablesr.network.Architecture;
import io.stablesr.network.Graphs;
import io.stablesr.network.Graphs.Extent;
import io.stablesr.testing.Differences;
import io.stablesr.testing.MiniModel;
import io.stablesr.testing.NormalTensors;
import io.stablesr.testing.TinyModel;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What is kept of a whole evaluation, given to the last blocks alone. */
class ShallowDenoiserTest {
  private static final int SIDE = 16;

  private static TensorEngine engine;

  @BeforeAll
  static void open() {
    engine = TensorEngine.open(ComputeDevice.CPU, 1);
  }

  @AfterAll
  static void close() {
    engine.close();
  }

  @Test
  void theLastBlocksOfTheOfficialLayoutGiveTheSameBitsFromExactFeatures() {
    try (TinyModel model = new TinyModel()) {
      // Two guidance branches of two tiles, each tile with a timestep of its own.
      Map<String, FloatTensor> inputs = new HashMap<>();
      inputs.put("x", NormalTensors.of(1, 4, 4, SIDE, SIDE));
      inputs.put("z", NormalTensors.of(2, 2, 4, SIDE, SIDE));
      inputs.put("t", FloatTensor.of(new float[] {37, 641}, 2));
      inputs.put("context", NormalTensors.of(3, 2, 77, 64));
      assertExact(TinyModel.ARCHITECTURE, model.diffusion(), inputs);
    }
  }

  @Test
  void soDoThoseOfTheMiniModel() {
    try (MiniModel model = new MiniModel()) {
      Map<String, FloatTensor> inputs = new HashMap<>();
      inputs.put("x", NormalTensors.of(1, 1, 4, SIDE, SIDE));
      inputs.put("z", NormalTensors.of(2, 1, 4, SIDE, SIDE));
      inputs.put("t", FloatTensor.of(new float[] {500}, 1));
      inputs.put("context", NormalTensors.of(3, 1, 1, 32));
      assertExact(MiniModel.ARCHITECTURE, model.diffusion(), inputs);
    }
  }

  private static void assertExact(
      Architecture architecture, Weights weights, Map<String, FloatTensor> inputs) {
    Graphs graphs = new Graphs(architecture);
    FloatTensor expected;
    try (CompiledNetwork whole =
        engine.compile(graphs.denoiser(Extent.TILE), weights, CompileOptions.EXACT)) {
      expected = run(whole, inputs).get("out");
    }
    for (int blocks = 1; blocks <= architecture.unet().upBlocks(); blocks++) {
      try (CompiledNetwork keeping =
              engine.compile(
                  graphs.keepingDenoiser(Extent.TILE, blocks), weights, CompileOptions.EXACT);
          CompiledNetwork shallow =
              engine.compile(
                  graphs.shallowDenoiser(Extent.TILE, blocks), weights, CompileOptions.EXACT)) {
        Map<String, FloatTensor> kept = run(keeping, inputs);
        Map<String, FloatTensor> more = new HashMap<>(inputs);
        more.put("kept", kept.get("kept"));
        FloatTensor again = run(shallow, more).get("out");

        assertThat(kept.get("out").data()).as("%d blocks", blocks).isEqualTo(expected.data());
        assertThat(again.data()).as("%d blocks", blocks).isEqualTo(expected.data());
        assertThat(kept.get("kept").dim(1)).isEqualTo(architecture.unet().enteringChannels(blocks));
        // What is kept matters.
        FloatTensor other = kept.get("kept").copy();
        other.data()[0] += 1;
        more.put("kept", other);
        assertThat(Differences.maxAbs(run(shallow, more).get("out"), expected)).isPositive();
      }
    }
  }

  @Test
  void theLastBlocksOfThePublishedNetworksTakeAFractionOfTheWork() {
    Graphs graphs = new Graphs(Architecture.OFFICIAL);
    Graph whole = graphs.denoiser(Extent.TILE);
    Graph one = graphs.shallowDenoiser(Extent.TILE, 1);
    Graph two = graphs.shallowDenoiser(Extent.TILE, 2);

    assertThat(share(one, whole)).isCloseTo(0.1445, within(0.001));
    assertThat(share(two, whole)).isCloseTo(0.2831, within(0.001));
    assertThat(whole.parameters().keySet()).containsAll(one.parameters().keySet());
    for (int blocks = 1; blocks <= 12; blocks++) {
      Symbol kept = graphs.keepingDenoiser(Extent.TILE, blocks).outputs().get("kept");
      Symbol entering =
          graphs.shallowDenoiser(Extent.TILE, blocks).symbols().stream()
              .filter(
                  symbol ->
                      symbol.op() instanceof io.stablesr.graph.Op.Input input
                          && input.name().equals("kept"))
              .findFirst()
              .orElseThrow();
      for (int axis = 0; axis < 4; axis++) {
        assertThat(entering.dim(axis)).isEqualTo(kept.dim(axis));
      }
    }
  }

  private static double share(Graph part, Graph whole) {
    return (double) part.cost().flops() / whole.cost().flops();
  }

  private static Map<String, FloatTensor> run(
      CompiledNetwork network, Map<String, FloatTensor> arguments) {
    try (TensorScope scope = engine.scope()) {
      Map<String, DeviceTensor> inputs = new HashMap<>();
      network.inputs().forEach(name -> inputs.put(name, scope.upload(arguments.get(name))));
      Map<String, FloatTensor> results = new HashMap<>();
      network.run(scope, inputs).forEach((name, value) -> results.put(name, value.download()));
      return results;
    }
  }
}
