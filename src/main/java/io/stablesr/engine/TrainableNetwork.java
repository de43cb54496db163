package io.stablesr.engine;

import io.stablesr.graph.Graph;
import java.util.Map;

/**
 * A recorded graph over the live weights of a replica. What {@link #run} returns remembers how it
 * was computed, so that {@link DeviceTensor#backward} reaches the trainable weights and earlier
 * networks. It belongs to the thread of its replica.
 */
public final class TrainableNetwork implements AutoCloseable {
  private final String name;
  private final Program program;
  private final ScriptModule module;

  private TrainableNetwork(String name, Program program, ScriptModule module) {
    this.name = name;
    this.program = program;
    this.module = module;
  }

  static TrainableNetwork load(
      ComputeDevice device, Graph graph, TrainableWeights.Replica weights, CompileOptions options) {
    Program program = ProgramWriter.writeTrainable(graph, options, device);
    ScriptModule module = ScriptModule.load(graph.name(), program.source(), device);
    for (Program.WeightUse use : program.weights()) {
      module.bind(use.key(), weights.leaf(use.key()));
    }
    return new TrainableNetwork(graph.name(), program, module);
  }

  /** Evaluates the network; the results are in fp32 and belong to {@code scope}. */
  public Map<String, DeviceTensor> run(TensorScope scope, Map<String, DeviceTensor> arguments) {
    return program.named(module.call(scope, "forward", program.ordered(name, arguments)));
  }

  @Override
  public void close() {
    module.close();
  }
}
