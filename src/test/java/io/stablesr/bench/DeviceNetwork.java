package io.stablesr.bench;

import io.stablesr.checkpoint.Weights;
import io.stablesr.core.FloatTensor;
import io.stablesr.engine.CompileOptions;
import io.stablesr.engine.CompiledNetwork;
import io.stablesr.engine.DeviceTensor;
import io.stablesr.engine.TensorEngine;
import io.stablesr.engine.TensorScope;
import io.stablesr.graph.Graph;
import java.util.HashMap;
import java.util.Map;

/**
 * A compiled network that is evaluated with arguments of several sizes, which lie on the device.
 */
final class DeviceNetwork implements AutoCloseable {
  private final TensorEngine engine;
  private final CompiledNetwork network;

  DeviceNetwork(TensorEngine engine, Graph graph, Weights weights, CompileOptions options) {
    this.engine = engine;
    this.network = engine.compileRepeated(graph, weights, options);
  }

  /** Evaluations with {@link NetworkRun#arguments} of the shapes that a graph was recorded at. */
  Evaluation with(Graph sized) {
    return new Evaluation(NetworkRun.arguments(sized));
  }

  /** The same with other values. */
  Evaluation with(Graph sized, long seed) {
    return new Evaluation(NetworkRun.arguments(sized, seed));
  }

  @Override
  public void close() {
    network.close();
  }

  /** Evaluations with the same arguments. */
  final class Evaluation implements DeviceTimes.Work, AutoCloseable {
    private final TensorScope kept = engine.scope();
    private final Map<String, DeviceTensor> arguments = new HashMap<>();
    private TensorScope latest = engine.scope();
    private DeviceTensor result;

    private Evaluation(Map<String, FloatTensor> values) {
      values.forEach((name, value) -> arguments.put(name, kept.upload(value)));
    }

    @Override
    public void start() {
      latest.close();
      latest = engine.scope();
      result = network.run(latest, arguments).get(network.outputs().get(0));
    }

    /** Copies one pixel, which is there when all of them are. */
    @Override
    public void await() {
      try (TensorScope scope = engine.scope()) {
        scope.crop(result, 0, 0, 1, 1).download();
      }
    }

    /** The first result. */
    FloatTensor result() {
      start();
      return result.download();
    }

    @Override
    public void close() {
      latest.close();
      kept.close();
    }
  }
}
