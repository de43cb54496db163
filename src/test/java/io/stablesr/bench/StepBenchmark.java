package io.stablesr.bench;

import io.stablesr.checkpoint.Checkpoint;
import io.stablesr.checkpoint.ElementType;
import io.stablesr.checkpoint.SafetensorsWriter;
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
import io.stablesr.graph.Recorder;
import io.stablesr.graph.Scope;
import io.stablesr.network.Architecture;
import io.stablesr.network.Graphs;
import io.stablesr.network.Graphs.Extent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * One evaluation of UNet and time-aware encoder at the official size (64x64 latents) under several
 * ways of compiling, taken in turn in one run, beside the machine's own matrix product. Arguments:
 * a diffusion safetensors file at official size ({@link SyntheticModel} writes one), rounds,
 * threads.
 */
public final class StepBenchmark {
  private static final int MATRIX = 3072;

  private StepBenchmark() {}

  /** Prints a line per variant: median seconds, GFLOP/s, and ratios to fp32 as stored. */
  public static void main(String[] args) throws IOException {
    Path file = Path.of(args[0]);
    int rounds = Integer.parseInt(args[1]);
    int threads = Integer.parseInt(args[2]);
    Graph step = new Graphs(Architecture.OFFICIAL).denoiser(Extent.TILE);
    Path matrices = Files.createTempFile("matrices", ".safetensors");
    writeMatrix(matrices);
    try (TensorEngine engine = TensorEngine.open(ComputeDevice.CPU, threads);
        Checkpoint model = Checkpoint.open(file);
        Checkpoint matrix = Checkpoint.open(matrices)) {
      Map<String, Timed> cases = new LinkedHashMap<>();
      double productFlops = 2.0 * MATRIX * MATRIX * MATRIX;
      cases.put(
          "matrix product fp32",
          new Timed(
              engine.compile(product(), Weights.of(matrix), CompileOptions.EXACT),
              Map.of("x", normal(1, MATRIX, MATRIX)),
              productFlops));
      double flops = step.cost().flops();
      for (CompileOptions options : variants()) {
        cases.put(
            "step %s %s %s %s"
                .formatted(
                    options.precision(),
                    options.memoryFormat(),
                    options.packing(),
                    options.attention()),
            new Timed(engine.compile(step, Weights.of(model), options), stepInputs(), flops));
      }
      measure(engine, cases, rounds);
    } finally {
      Files.delete(matrices);
    }
  }

  private static List<CompileOptions> variants() {
    return List.of(
        CompileOptions.EXACT,
        new CompileOptions(
            Precision.FP32, MemoryFormat.CHANNELS_LAST, Packing.ONEDNN, AttentionKernel.FUSED),
        CompileOptions.recommended(ComputeDevice.CPU, Precision.BF16));
  }

  private static void measure(TensorEngine engine, Map<String, Timed> cases, int rounds) {
    Map<String, double[]> seconds = new LinkedHashMap<>();
    cases.keySet().forEach(name -> seconds.put(name, new double[rounds]));
    Map<String, FloatTensor> results = new HashMap<>();
    for (int round = -1; round < rounds; round++) {
      for (Map.Entry<String, Timed> entry : cases.entrySet()) {
        Timed timed = entry.getValue();
        try (TensorScope scope = engine.scope()) {
          Map<String, DeviceTensor> inputs = new HashMap<>();
          timed.inputs.forEach((name, value) -> inputs.put(name, scope.upload(value)));
          long start = System.nanoTime();
          DeviceTensor out = timed.network.run(scope, inputs).values().iterator().next();
          double elapsed = (System.nanoTime() - start) / 1e9;
          if (round >= 0) {
            seconds.get(entry.getKey())[round] = elapsed;
          } else {
            results.put(entry.getKey(), out.download());
          }
        }
      }
    }
    report(cases, seconds, results);
  }

  private static void report(
      Map<String, Timed> cases, Map<String, double[]> seconds, Map<String, FloatTensor> results) {
    String first =
        cases.keySet().stream().filter(name -> name.startsWith("step")).findFirst().orElseThrow();
    double base = median(seconds.get(first));
    System.out.printf("threads %d%n", TensorEngine.threads());
    for (Map.Entry<String, Timed> entry : cases.entrySet()) {
      double median = median(seconds.get(entry.getKey()));
      boolean step = entry.getKey().startsWith("step");
      System.out.printf(
          "%-46s median %7.3f s  min %7.3f s  %7.1f GFLOP/s%s%n",
          entry.getKey(),
          median,
          Arrays.stream(seconds.get(entry.getKey())).min().orElseThrow(),
          entry.getValue().flops / median / 1e9,
          step
              ? "  speed %.2f  rel L2 %.1e"
                  .formatted(
                      base / median, relative(results.get(entry.getKey()), results.get(first)))
              : "");
    }
    cases.values().forEach(timed -> timed.network.close());
  }

  private static double relative(FloatTensor a, FloatTensor b) {
    return io.stablesr.testing.Differences.relativeL2(a, b);
  }

  private static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }

  private static Map<String, FloatTensor> stepInputs() {
    return Map.of(
        "x", normal(1, 4, 64, 64),
        "z", normal(1, 4, 64, 64),
        "t", FloatTensor.of(new float[] {500}, 1),
        "context", normal(1, 77, 1024));
  }

  private static Graph product() {
    Recorder recorder = new Recorder("product");
    recorder.output(
        "y", recorder.input("x", 1, MATRIX, MATRIX).linearWithoutBias(new Scope("m"), MATRIX));
    return recorder.finish();
  }

  private static void writeMatrix(Path file) {
    new SafetensorsWriter(Map.of())
        .add("m.weight", normal(MATRIX, MATRIX), ElementType.F32)
        .write(file);
  }

  private static FloatTensor normal(int... shape) {
    FloatTensor tensor = FloatTensor.zeros(shape);
    Random random = new Random(1);
    for (int i = 0; i < tensor.size(); i++) {
      tensor.data()[i] = (float) random.nextGaussian();
    }
    return tensor;
  }

  private record Timed(CompiledNetwork network, Map<String, FloatTensor> inputs, double flops) {}
}
