package io.stablesr.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.stablesr.bench.PyTorchProcess.Way;
import io.stablesr.bench.Turns.Taken;
import io.stablesr.checkpoint.Checkpoint;
import io.stablesr.checkpoint.Weights;
import io.stablesr.core.FloatTensor;
import io.stablesr.engine.ComputeDevice;
import io.stablesr.engine.TensorEngine;
import io.stablesr.graph.Graph;
import io.stablesr.graph.Recorder;
import io.stablesr.graph.Scope;
import io.stablesr.network.Graphs;
import io.stablesr.network.Graphs.Extent;
import io.stablesr.restore.ModelBundle;
import io.stablesr.testing.Differences;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PyTorchProgramTest {
  private static final String PYTHON = "/usr/bin/python3";
  private static final Path BUNDLE = Path.of("src/main/resources/models/stablesr-mini");
  private static final Extent TILE = new Extent(1, 16, 16);

  @Test
  void aTensorIsDroppedAfterItsLastUse() {
    Recorder recorder = new Recorder("small");
    var x = recorder.input("x", 1, 4, 8, 8);
    var y = x.conv3x3(new Scope("a"), 8).silu();
    recorder.output("y", y.plus(y.convWithoutBias(new Scope("b"), 8, 1, 1, 0)));

    assertThat(PyTorchProgram.of(recorder.finish()))
        .contains(
            """
            def network(W):
                v0 = W["in:x"]
                v1 = F.conv2d(v0, W["a.weight"], W["a.bias"], 1, 1)
                del v0
                v2 = F.silu(v1)
                del v1
                v3 = F.conv2d(v2, W["b.weight"], None, 1, 0)
                v4 = v2 + v3
                del v2, v3
                return v4
            """);
  }

  @Test
  void anOperationThatIsNotWrittenIsNamed() {
    Recorder recorder = new Recorder("small");
    recorder.output("y", recorder.input("x", 1, 4, 8, 8).pixelShuffle(2));
    Graph graph = recorder.finish();

    assertThatThrownBy(() -> PyTorchProgram.of(graph))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("PyTorchProgram does not write PixelShuffle; add it where a graph needs it.");
  }

  @ParameterizedTest
  @ValueSource(strings = {"step", "decode"})
  void theNetworksCanBeWritten(String name) {
    Graph graph = graph(name);

    assertThat(PyTorchProgram.of(graph))
        .contains("def network(W):\n")
        .contains(graph.parameters().keySet().stream().map(key -> "W[\"" + key + "\"]").toList());
  }

  @ParameterizedTest
  @ValueSource(strings = {"step", "decode"})
  void theProgramComputesWhatTheEngineDoes(String name) throws IOException {
    assumeTrue(PyTorchProcess.hasTorch(PYTHON), "Needs a " + PYTHON + " with torch.");
    Graph graph = graph(name);
    String file = name.equals("step") ? "diffusion.safetensors" : "autoencoder.safetensors";
    try (TensorEngine engine = TensorEngine.open(ComputeDevice.CPU, 1);
        Checkpoint checkpoint = Checkpoint.open(BUNDLE.resolve(file));
        NetworkRun here = new NetworkRun(engine, graph, Weights.of(checkpoint), NetworkRun.EAGER);
        PyTorchProcess there =
            PyTorchProcess.start(
                PYTHON, graph, Weights.of(checkpoint), NetworkRun.arguments(graph), 1)) {
      FloatTensor expected = here.result();
      Taken taken = there.once(Way.FP32);

      assertThat(there.version()).matches("[0-9]+\\.[0-9]+.*");
      assertThat(taken.processorSeconds()).isPositive();
      assertThat(taken.seconds()).isPositive();
      assertThat(Differences.relativeL2(there.result(Way.FP32, expected.shape()), expected))
          .isLessThan(1e-5);
      assertThat(Differences.relativeL2(there.result(Way.BF16, expected.shape()), expected))
          .isBetween(1e-4, 0.1);
    }
  }

  private static Graph graph(String name) {
    Graphs graphs =
        new Graphs(
            ModelBundle.open(BUNDLE.toString(), Path.of("target")).description().architecture());
    return name.equals("step") ? graphs.denoiser(TILE) : graphs.fusingDecoder(TILE);
  }
}
