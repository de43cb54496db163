package io.stablesr.bench;

import io.stablesr.bench.DeviceNetwork.Evaluation;
import io.stablesr.checkpoint.Checkpoint;
import io.stablesr.checkpoint.Weights;
import io.stablesr.core.FloatTensor;
import io.stablesr.engine.CompileOptions;
import io.stablesr.engine.ComputeDevice;
import io.stablesr.engine.DeviceTensor;
import io.stablesr.engine.Precision;
import io.stablesr.engine.ProcessorUse;
import io.stablesr.engine.Replay;
import io.stablesr.engine.TensorEngine;
import io.stablesr.engine.TensorFunctions;
import io.stablesr.engine.TensorScope;
import io.stablesr.graph.Graph;
import io.stablesr.network.Graphs;
import io.stablesr.network.Graphs.Extent;
import io.stablesr.restore.ModelDescription;
import io.stablesr.testing.Differences;
import io.stablesr.testing.NormalTensors;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The sections of {@link GpuBenchmark} that compare numbers. */
record GpuExactnessSections(ComputeDevice device, BundleNetworks files) {
  /** Images, channels, groups, side; the networks' and odd ones. */
  private static final int[][] NORMS = {
    {1, 320, 32, 64}, {16, 320, 32, 64}, {1, 2560, 32, 8}, {3, 1920, 32, 16}, {64, 1280, 32, 8},
    {1, 128, 32, 512}, {2, 512, 32, 64}, {1, 64, 8, 128}, {5, 16, 4, 31}, {2, 32, 32, 1}
  };

  private TensorEngine open(Replay replay) {
    return TensorEngine.open(device, ProcessorUse.turns(0), replay);
  }

  /** The normalisation of images with channels last against libtorch's in fp32, mean far from 0. */
  void norm() {
    DeviceRows.say("| images, channels, groups, side | fp32 | bf16 | fp16 |%n|---|---|---|---|");
    try (TensorEngine engine = open(Replay.NEVER)) {
      for (int[] shape : NORMS) {
        DeviceRows.say(
            "| %d, %d, %d, %d | %.1e | %.1e | %.1e |",
            shape[0],
            shape[1],
            shape[2],
            shape[3],
            norm(engine, shape, 6),
            norm(engine, shape, 15),
            norm(engine, shape, 5));
      }
    }
  }

  private static double norm(TensorEngine engine, int[] shape, int type) {
    String methods =
        """
        def norms(self: __torch__.Net, x: Tensor, w: Tensor, b: Tensor) -> List[Tensor]:
          y = torch.add(x, 5).to(%d).contiguous(memory_format=2)
          own = ops.stablesr.group_norm(y, %d, w, b, 1.0000000000000001e-05)
          exact = torch.group_norm(y.to(6).contiguous(), %d, w, b, 1.0000000000000001e-05)
          return [own.to(6).contiguous(), exact]
        """
            .formatted(type, shape[2], shape[2]);
    TensorEngine.recordGradients(TensorEngine.Recording.OFF);
    try (TensorFunctions functions = engine.functions("norms", methods, "");
        TensorScope scope = engine.scope()) {
      List<DeviceTensor> both =
          functions.call(
              scope,
              "norms",
              scope.upload(NormalTensors.of(1, shape[0], shape[1], shape[3], shape[3])),
              scope.upload(NormalTensors.of(2, shape[1])),
              scope.upload(NormalTensors.of(3, shape[1])));
      return Differences.relativeL2(both.get(0).download(), both.get(1).download());
    }
  }

  /** The networks of the model here against the processor in fp32. */
  void check() throws IOException {
    DeviceRows.say("| network | precision | layout | relative L2 to the processor in fp32 |");
    DeviceRows.say("|---|---|---|---|");
    ModelDescription model = files.description();
    Map<String, Graph> graphs = new LinkedHashMap<>();
    graphs.put("step", GpuBenchmark.step(model, 2));
    graphs.put("encoder", new Graphs(model.architecture()).encoder(Extent.TILE, Graphs.CFW_SCOPE));
    graphs.put("decoder with fusion", new Graphs(model.architecture()).fusingDecoder(Extent.TILE));
    for (Map.Entry<String, Graph> entry : graphs.entrySet()) {
      try (Checkpoint weights =
          entry.getKey().equals("step") ? files.diffusion() : files.autoencoder()) {
        FloatTensor exact;
        try (TensorEngine engine = TensorEngine.open(ComputeDevice.CPU, 0)) {
          exact = result(engine, entry.getValue(), weights, CompileOptions.EXACT);
        }
        try (TensorEngine engine = TensorEngine.open(device, 0)) {
          for (Precision precision : Precision.values()) {
            CompileOptions options = engine.recommended(precision);
            DeviceRows.say(
                "| %s | %s | %s | %.1e |",
                entry.getKey(),
                precision,
                options.memoryFormat(),
                Differences.relativeL2(result(engine, entry.getValue(), weights, options), exact));
          }
        }
      }
    }
  }

  /** Whether what is replayed with other arguments is what is computed kernel by kernel. */
  void replay(List<Integer> batches) throws IOException {
    DeviceRows.say("| tiles | precision | replayed | relative L2 to kernel by kernel |");
    DeviceRows.say("|---|---|---|---|");
    for (Precision precision : Precision.values()) {
      try (Checkpoint weights = files.diffusion();
          TensorEngine engine = open(Replay.NEVER);
          TensorEngine replaying = open(Replay.WHERE_POSSIBLE)) {
        CompileOptions options = engine.recommended(precision);
        replay(batches, weights, engine, replaying, options);
      }
    }
  }

  private void replay(
      List<Integer> batches,
      Checkpoint weights,
      TensorEngine engine,
      TensorEngine replaying,
      CompileOptions options) {
    ModelDescription model = files.description();
    try (DeviceNetwork plain =
            new DeviceNetwork(engine, GpuBenchmark.step(model, 1), Weights.of(weights), options);
        DeviceNetwork network =
            new DeviceNetwork(
                replaying, GpuBenchmark.step(model, 1), Weights.of(weights), options)) {
      for (int batch : batches.subList(0, Math.min(2, batches.size()))) {
        try (Evaluation ones = network.with(GpuBenchmark.step(model, batch));
            Evaluation others = network.with(GpuBenchmark.step(model, batch), 7);
            Evaluation exact = plain.with(GpuBenchmark.step(model, batch), 7)) {
          ones.result();
          ones.result();
          ones.result();
          FloatTensor result = others.result();
          FloatTensor first = ones.result();
          DeviceRows.say(
              "| %d | %s | %s | %.1e (to other arguments %.1e) |",
              batch,
              options.precision(),
              replaying.replays(),
              Differences.relativeL2(result, exact.result()),
              Differences.relativeL2(first, result));
        }
      }
    }
  }

  static FloatTensor result(
      TensorEngine engine, Graph graph, Checkpoint weights, CompileOptions options) {
    try (DeviceNetwork network = new DeviceNetwork(engine, graph, Weights.of(weights), options);
        Evaluation evaluation = network.with(graph)) {
      return evaluation.result();
    }
  }
}
