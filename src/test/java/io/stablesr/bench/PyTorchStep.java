package io.stablesr.bench;

import io.stablesr.bench.PyTorchProcess.Way;
import io.stablesr.bench.Turns.Taken;
import io.stablesr.checkpoint.Checkpoint;
import io.stablesr.checkpoint.Weights;
import io.stablesr.core.FloatTensor;
import io.stablesr.engine.Bf16Instructions;
import io.stablesr.engine.ComputeDevice;
import io.stablesr.engine.TensorEngine;
import io.stablesr.graph.Graph;
import io.stablesr.network.Graphs;
import io.stablesr.network.Graphs.Extent;
import io.stablesr.restore.ModelBundle;
import io.stablesr.restore.ModelDescription;
import io.stablesr.testing.Differences;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;

/**
 * A whole network of a bundle here and in PyTorch's eager mode, from the same recording, weights
 * and arguments, in turn in one run: {@code step}, UNet and time-aware encoder on one tile of
 * latents, or {@code decode}, the decoder with feature wrapping. Arguments: {@code step} or {@code
 * decode}, a bundle folder ({@link SyntheticModel} writes one of the official size), rounds,
 * threads, and a Python that has torch, such as {@code /usr/bin/python3}.
 */
public final class PyTorchStep {
  private static final String BASE = "PyTorch fp32";

  private PyTorchStep() {}

  /** Prints a line per way of computing: seconds, their ratio to PyTorch in fp32, difference. */
  public static void main(String[] args) throws IOException {
    Path folder = Path.of(args[1]);
    int threads = Integer.parseInt(args[3]);
    ModelDescription model =
        ModelBundle.open(folder.toString(), ModelBundle.userCache()).description();
    Graphs graphs = new Graphs(model.architecture());
    Extent tile = new Extent(1, model.tileLatents(), model.tileLatents());
    boolean step =
        switch (args[0]) {
          case "step" -> true;
          case "decode" -> false;
          default ->
              throw new IllegalArgumentException(
                  "'%s' is compared nowhere; it must be step or decode.".formatted(args[0]));
        };
    Graph graph = step ? graphs.denoiser(tile) : graphs.fusingDecoder(tile);
    String file = step ? "diffusion.safetensors" : "autoencoder.safetensors";
    try (TensorEngine engine = TensorEngine.open(ComputeDevice.CPU, threads);
        Checkpoint checkpoint = Checkpoint.open(folder.resolve(file));
        PyTorchProcess python =
            PyTorchProcess.start(
                args[4],
                graph,
                Weights.of(checkpoint),
                NetworkRun.arguments(graph),
                TensorEngine.threads())) {
      System.out.printf(
          "%s of %s, tile of %d latents, %d threads, PyTorch %s%n",
          args[0], model.name(), model.tileLatents(), TensorEngine.threads(), python.version());
      compare(engine, graph, Weights.of(checkpoint), python, Integer.parseInt(args[2]));
    }
  }

  private static void compare(
      TensorEngine engine, Graph graph, Weights weights, PyTorchProcess python, int rounds)
      throws IOException {
    boolean bf16 = Bf16Instructions.of(Bf16Instructions.LINUX_CPU_INFO) == Bf16Instructions.PRESENT;
    Map<String, NetworkRun> here = new LinkedHashMap<>();
    here.put("here fp32 as stored", new NetworkRun(engine, graph, weights, NetworkRun.EAGER));
    here.put("here fp32 packed", new NetworkRun(engine, graph, weights, NetworkRun.PACKED));
    if (bf16) {
      here.put("here bf16", new NetworkRun(engine, graph, weights, NetworkRun.BF16));
    }
    try {
      Map<String, Supplier<Taken>> work = new LinkedHashMap<>();
      work.put(BASE, () -> python.once(Way.FP32));
      if (bf16) {
        work.put("PyTorch bf16 autocast", () -> python.once(Way.BF16));
      }
      here.forEach((name, run) -> work.put(name, () -> Turns.once(run)));
      Map<String, Taken> taken = Turns.inTurn(work, rounds);

      FloatTensor exact = here.get("here fp32 as stored").result();
      Map<String, FloatTensor> results = new LinkedHashMap<>();
      results.put(BASE, python.result(Way.FP32, exact.shape()));
      if (bf16) {
        results.put("PyTorch bf16 autocast", python.result(Way.BF16, exact.shape()));
      }
      here.forEach((name, run) -> results.put(name, run.result()));
      taken.forEach(
          (name, seconds) ->
              System.out.printf(
                  "%-22s processor %7.2f s  %7.2f s  ratio to %s %.2f  rel L2 to here fp32 %.1e%n",
                  name,
                  seconds.processorSeconds(),
                  seconds.seconds(),
                  BASE,
                  seconds.speedOver(taken.get(BASE)),
                  Differences.relativeL2(results.get(name), exact)));
      if (!bf16) {
        System.out.println("bf16: not applicable, this processor has no bf16 instructions.");
      }
    } finally {
      here.values().forEach(NetworkRun::close);
    }
  }
}
