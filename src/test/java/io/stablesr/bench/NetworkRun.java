package io.stablesr.bench;

import io.stablesr.checkpoint.Weights;
import io.stablesr.core.FloatTensor;
import io.stablesr.engine.CompileOptions;
import io.stablesr.engine.CompileOptions.AttentionKernel;
import io.stablesr.engine.CompileOptions.MemoryFormat;
import io.stablesr.engine.CompileOptions.Packing;
import io.stablesr.engine.CompiledNetwork;
import io.stablesr.engine.ComputeDevice;
import io.stablesr.engine.DeviceTensor;
import io.stablesr.engine.Precision;
import io.stablesr.engine.TensorEngine;
import io.stablesr.engine.TensorScope;
import io.stablesr.graph.Graph;
import io.stablesr.graph.Op;
import io.stablesr.graph.Symbol;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;

/** A compiled network with random arguments of the recorded shapes, on the device already. */
public final class NetworkRun implements Runnable, AutoCloseable {
  /** fp32 as stored, one kernel of libtorch per operation. */
  public static final CompileOptions EAGER = CompileOptions.EXACT;

  /** fp32 with weights packed for oneDNN. */
  static final CompileOptions PACKED =
      new CompileOptions(
          Precision.FP32, MemoryFormat.CHANNELS_LAST, Packing.ONEDNN, AttentionKernel.FUSED);

  /** bf16 as a job uses it. */
  public static final CompileOptions BF16 =
      CompileOptions.recommended(ComputeDevice.CPU, Precision.BF16);

  private final TensorEngine engine;
  private final CompiledNetwork network;
  private final TensorScope kept;
  private final Map<String, DeviceTensor> arguments = new HashMap<>();
  private final double flops;

  /** Compiles the network and uploads arguments of the recorded shapes. */
  public NetworkRun(TensorEngine engine, Graph graph, Weights weights, CompileOptions options) {
    this.engine = engine;
    this.network = engine.compile(graph, weights, options);
    this.kept = engine.scope();
    arguments(graph).forEach((name, value) -> arguments.put(name, kept.upload(value)));
    this.flops = graph.cost().flops();
  }

  /** Standard normal values; timestep 500, fusion weight 0.5. */
  static Map<String, FloatTensor> arguments(Graph graph) {
    return arguments(graph, 1);
  }

  /** The same from another seed. */
  static Map<String, FloatTensor> arguments(Graph graph, long seed) {
    Random random = new Random(seed);
    Map<String, FloatTensor> arguments = new LinkedHashMap<>();
    for (Symbol symbol : graph.symbols()) {
      if (symbol.op() instanceof Op.Input input) {
        FloatTensor value =
            FloatTensor.zeros(IntStream.range(0, symbol.rank()).map(symbol::dim).toArray());
        if (input.name().equals("t") || input.name().equals("w")) {
          Arrays.fill(value.data(), input.name().equals("t") ? 500 : 0.5f);
        } else {
          for (int i = 0; i < value.size(); i++) {
            value.data()[i] = (float) random.nextGaussian();
          }
        }
        arguments.put(input.name(), value);
      }
    }
    return arguments;
  }

  /** Operations of one evaluation as the recorder counts them. */
  double flops() {
    return flops;
  }

  @Override
  public void run() {
    try (TensorScope scope = engine.scope()) {
      network.run(scope, arguments);
    }
  }

  /** The first result. */
  FloatTensor result() {
    try (TensorScope scope = engine.scope()) {
      return network.run(scope, arguments).get(network.outputs().get(0)).download();
    }
  }

  @Override
  public void close() {
    kept.close();
    network.close();
  }
}
