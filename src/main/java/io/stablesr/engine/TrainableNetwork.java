package io.stablesr.engine;

import io.stablesr.core.ErrorCode;
import io.stablesr.core.StableSrException;
import io.stablesr.graph.Graph;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
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
    List<DeviceTensor> inputs = new ArrayList<>();
    for (String input : program.inputs()) {
      DeviceTensor argument = arguments.get(input);
      if (argument == null) {
        throw new StableSrException(
            ErrorCode.INTERNAL, "Network %s needs an input %s.".formatted(name, input));
      }
      inputs.add(argument);
    }
    List<DeviceTensor> outputs = module.call(scope, "forward", inputs);
    Map<String, DeviceTensor> results = new LinkedHashMap<>();
    for (int i = 0; i < outputs.size(); i++) {
      results.put(program.outputs().get(i), outputs.get(i));
    }
    return results;
  }

  @Override
  public void close() {
    module.close();
  }
}
