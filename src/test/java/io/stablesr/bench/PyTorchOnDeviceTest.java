package io.stablesr.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.stablesr.bench.PyTorchOnDevice.Way;
import io.stablesr.checkpoint.Checkpoint;
import io.stablesr.checkpoint.Weights;
import io.stablesr.core.FloatTensor;
import io.stablesr.engine.ComputeDevice;
import io.stablesr.engine.TensorEngine;
import io.stablesr.graph.Graph;
import io.stablesr.network.Graphs;
import io.stablesr.network.Graphs.Extent;
import io.stablesr.restore.ModelBundle;
import io.stablesr.testing.Differences;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class PyTorchOnDeviceTest {
  private static final String PYTHON = "/usr/bin/python3";
  private static final Path BUNDLE = Path.of("src/main/resources/models/stablesr-mini");

  @Test
  void theNetworkIsReadFromTheWeightFileAndComputesWhatTheEngineDoes() throws IOException {
    assumeTrue(PyTorchProcess.hasTorch(PYTHON), "Needs a " + PYTHON + " with torch.");
    Graphs graphs =
        new Graphs(
            ModelBundle.open(BUNDLE.toString(), Path.of("target")).description().architecture());
    Graph one = graphs.denoiser(new Extent(1, 16, 16));
    Graph two = graphs.denoiser(new Extent(2, 16, 16));
    Path file = BUNDLE.resolve("diffusion.safetensors");
    try (TensorEngine engine = TensorEngine.open(ComputeDevice.CPU, 1);
        Checkpoint checkpoint = Checkpoint.open(file);
        DeviceNetwork here =
            new DeviceNetwork(engine, one, Weights.of(checkpoint), NetworkRun.EAGER);
        DeviceNetwork.Evaluation evaluation = here.with(two);
        PyTorchOnDevice there = PyTorchOnDevice.start(PYTHON, one, file, "cpu")) {
      there.arguments(NetworkRun.arguments(two));
      FloatTensor expected = evaluation.result();
      DeviceTimes taken = there.time(Way.FP32, 0.01);

      assertThat(taken.each()).isPositive();
      assertThat(taken.together()).isPositive();
      assertThat(expected.dim(0)).isEqualTo(2);
      assertThat(Differences.relativeL2(there.result(Way.FP32, expected.shape()), expected))
          .isLessThan(1e-5);
      for (Way way : new Way[] {Way.BF16, Way.BF16_AUTOCAST, Way.BF16_LAST}) {
        assertThat(Differences.relativeL2(there.result(way, expected.shape()), expected))
            .as(way.word())
            .isBetween(1e-4, 0.1);
      }
    }
  }
}
