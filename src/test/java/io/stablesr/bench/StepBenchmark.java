package io.stablesr.bench;

import io.stablesr.bench.Turns.Taken;
import io.stablesr.checkpoint.Checkpoint;
import io.stablesr.checkpoint.Weights;
import io.stablesr.core.FloatTensor;
import io.stablesr.engine.CompileOptions;
import io.stablesr.engine.ComputeDevice;
import io.stablesr.engine.TensorEngine;
import io.stablesr.graph.Graph;
import io.stablesr.network.Architecture;
import io.stablesr.network.Graphs;
import io.stablesr.network.Graphs.Extent;
import io.stablesr.testing.Differences;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One evaluation of UNet and time-aware encoder at the official size (64x64 latents) under several
 * ways of compiling, and the part of it that is evaluated when deep features are reused, taken in
 * turn in one run, beside the machine's own matrix product. Arguments: a diffusion safetensors file
 * at official size ({@link SyntheticModel} writes one), rounds, threads.
 */
public final class StepBenchmark {
  private static final int MOST_BLOCKS = 2;

  private StepBenchmark() {}

  /** Prints a line per variant: median seconds, GFLOP/s, and ratios to fp32 as stored. */
  public static void main(String[] args) throws IOException {
    int rounds = Integer.parseInt(args[1]);
    Path single = Files.createTempFile("matrices", ".safetensors");
    Ceilings.write(single);
    try (TensorEngine engine = TensorEngine.open(ComputeDevice.CPU, Integer.parseInt(args[2]));
        Checkpoint model = Checkpoint.open(Path.of(args[0]));
        Checkpoint matrix = Checkpoint.open(single)) {
      Graphs graphs = new Graphs(Architecture.OFFICIAL);
      Graph step = graphs.denoiser(Extent.TILE);
      Map<String, NetworkRun> runs = new LinkedHashMap<>();
      runs.put(
          "matrix product fp32",
          new NetworkRun(engine, Ceilings.product(), Weights.of(matrix), NetworkRun.EAGER));
      for (CompileOptions options : List.of(NetworkRun.EAGER, NetworkRun.PACKED, NetworkRun.BF16)) {
        String way =
            "%s %s %s %s"
                .formatted(
                    options.precision(),
                    options.memoryFormat(),
                    options.packing(),
                    options.attention());
        runs.put("step " + way, new NetworkRun(engine, step, Weights.of(model), options));
        for (int blocks = 1; blocks <= MOST_BLOCKS; blocks++) {
          runs.put(
              "%d of its blocks %s".formatted(blocks, way),
              new NetworkRun(
                  engine, graphs.shallowDenoiser(Extent.TILE, blocks), Weights.of(model), options));
        }
      }
      report(runs, Turns.measure(new LinkedHashMap<>(runs), rounds));
      runs.values().forEach(NetworkRun::close);
    } finally {
      Files.delete(single);
    }
  }

  private static void report(Map<String, NetworkRun> runs, Map<String, Taken> taken) {
    String first =
        runs.keySet().stream().filter(name -> name.startsWith("step")).findFirst().orElseThrow();
    FloatTensor exact = runs.get(first).result();
    System.out.printf("threads %d%n", TensorEngine.threads());
    String step = first;
    for (Map.Entry<String, NetworkRun> entry : runs.entrySet()) {
      Taken here = taken.get(entry.getKey());
      String ratios = "";
      if (entry.getKey().startsWith("step")) {
        step = entry.getKey();
        ratios =
            "  speed %.2f  rel L2 %.1e"
                .formatted(
                    here.speedOver(taken.get(first)),
                    Differences.relativeL2(entry.getValue().result(), exact));
      } else if (entry.getKey().contains("blocks")) {
        ratios =
            "  of the step %.3f"
                .formatted(here.processorSeconds() / taken.get(step).processorSeconds());
      }
      System.out.printf(
          "%-52s median %7.3f s  processor %7.3f s  %7.1f GFLOP/s%s%n",
          entry.getKey(),
          here.seconds(),
          here.processorSeconds(),
          entry.getValue().flops() / here.seconds() / 1e9,
          ratios);
    }
  }
}
