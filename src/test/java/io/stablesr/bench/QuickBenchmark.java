package io.stablesr.bench;

import com.typesafe.config.ConfigFactory;
import io.stablesr.bench.Turns.Taken;
import io.stablesr.checkpoint.Checkpoint;
import io.stablesr.checkpoint.Weights;
import io.stablesr.engine.Bf16Instructions;
import io.stablesr.engine.ComputeDevice;
import io.stablesr.engine.Precision;
import io.stablesr.engine.ProcessorUse;
import io.stablesr.engine.TensorEngine;
import io.stablesr.graph.Graph;
import io.stablesr.job.SettingsReader;
import io.stablesr.network.Architecture;
import io.stablesr.network.Graphs;
import io.stablesr.network.Graphs.Extent;
import io.stablesr.restore.TileSharing;
import io.stablesr.restore.UpscaleRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What this project's ways of computing bring, as ratios of processor seconds that are measured in
 * turn in one run. The baseline is fp32 with weights as stored and one kernel of libtorch per
 * operation, which is what PyTorch in eager mode does with the same kernels. Arguments: a folder
 * for the bundle of official size, written if it is missing (4.4 GB), and threads.
 */
public final class QuickBenchmark {
  private static final int STEP_ROUNDS = 3;
  private static final int DECODE_ROUNDS = 1;
  private static final int INTERVAL = 3;
  private static final int MIXED_PICTURES = 50;

  private static final Graphs GRAPHS = new Graphs(Architecture.OFFICIAL);

  private final TensorEngine engine;
  private final boolean bf16;
  private final List<QuickBound> bounds = new ArrayList<>();

  private QuickBenchmark(TensorEngine engine, boolean bf16) {
    this.engine = engine;
    this.bf16 = bf16;
  }

  /** Prints the table; ends with 1 where a bound is missed. */
  public static void main(String[] args) throws IOException {
    Path folder = Path.of(args[0]);
    if (!Files.exists(folder.resolve("model.conf"))) {
      System.out.printf("Writing synthetic weights of the official size to %s ...%n", folder);
      SyntheticModel.main(new String[] {folder.toString()});
    }
    boolean bf16 = Bf16Instructions.of(Bf16Instructions.LINUX_CPU_INFO) == Bf16Instructions.PRESENT;
    try (TensorEngine engine = TensorEngine.open(ComputeDevice.CPU, Integer.parseInt(args[1]))) {
      QuickBenchmark benchmark = new QuickBenchmark(engine, bf16);
      benchmark.steps(folder.resolve("diffusion.safetensors"));
      benchmark.decoding(folder.resolve("autoencoder.safetensors"));
      benchmark.pictures();
      if (engine.calls().threadsFor(0) > 1) {
        benchmark.mixedPictures(engine.calls().threadsFor(0));
      }
      System.exit(benchmark.report());
    }
  }

  private void steps(Path weights) {
    Graph step = GRAPHS.denoiser(Extent.TILE);
    Graph shallow = GRAPHS.shallowDenoiser(Extent.TILE, 1);
    try (Checkpoint file = Checkpoint.open(weights)) {
      Map<String, NetworkRun> runs = new LinkedHashMap<>();
      Weights model = Weights.of(file);
      runs.put("eager", new NetworkRun(engine, step, model, NetworkRun.EAGER));
      runs.put("packed", new NetworkRun(engine, step, model, NetworkRun.PACKED));
      runs.put("shallow", new NetworkRun(engine, shallow, model, NetworkRun.EAGER));
      if (bf16) {
        runs.put("bf16", new NetworkRun(engine, step, model, NetworkRun.BF16));
        runs.put("shallow-bf16", new NetworkRun(engine, shallow, model, NetworkRun.BF16));
      }
      Map<String, Taken> taken = measure(runs, STEP_ROUNDS);
      Taken eager = taken.get("eager");
      add("step-fp32", "step, fp32 packed / fp32 eager", 0.95, 1.05, taken.get("packed"), eager);
      add("step-bf16", "step, bf16 / fp32 eager", 1.4, 2.2, taken.get("bf16"), eager);
      add(
          "reuse-fp32",
          "steps with deep-cache-interval 3 / without, fp32 eager",
          1.8,
          1.8,
          average(eager, taken.get("shallow")),
          eager);
      add(
          "reuse-bf16",
          "the same in bf16",
          1.8,
          1.8,
          average(taken.get("bf16"), taken.get("shallow-bf16")),
          taken.get("bf16"));
    }
  }

  private static Taken average(Taken whole, Taken shallow) {
    return whole == null
        ? null
        : new Taken(0, 0).plus(1.0 / INTERVAL, whole.plus(INTERVAL - 1, shallow));
  }

  private void decoding(Path weights) {
    Graph decoder = GRAPHS.fusingDecoder(Extent.TILE);
    try (Checkpoint file = Checkpoint.open(weights)) {
      Map<String, NetworkRun> runs = new LinkedHashMap<>();
      Weights model = Weights.of(file);
      runs.put("eager", new NetworkRun(engine, decoder, model, NetworkRun.EAGER));
      if (bf16) {
        runs.put("bf16", new NetworkRun(engine, decoder, model, NetworkRun.BF16));
      }
      Map<String, Taken> taken = measure(runs, DECODE_ROUNDS);
      add(
          "decode-bf16",
          "VAE decoder with CFW to 512x512, bf16 / fp32 eager",
          1.8,
          2.5,
          taken.get("bf16"),
          taken.get("eager"));
    }
  }

  private void pictures() throws IOException {
    try (PictureRuns runs = new PictureRuns(engine)) {
      Map<String, Taken> taken = Turns.measure(runs.samplers(), 1);
      add(
          "solver",
          "embedded model, sampling: dpm-solver of 20 steps / ddpm of 200",
          9,
          9,
          taken.get("solver"),
          taken.get("ddpm"));
      taken = Turns.measure(runs.batches(), STEP_ROUNDS);
      add(
          "batched",
          "embedded model, 4 tiles of 32x32 latents in a call / one by one",
          1.2,
          1.3,
          taken.get("batched"),
          taken.get("single"));
    }
  }

  /** What passed counts here, as it is about keeping the processors busy. */
  private void mixedPictures(int threads) {
    List<UpscaleRequest> pictures = FlightRuns.pictures(MIXED_PICTURES, 0, 1, 4);
    double smallCallGflop =
        SettingsReader.model(ConfigFactory.parseResources("reference.conf").getConfig("stablesr"))
            .processor()
            .smallCallGflop();
    try (FlightRuns runs =
        new FlightRuns("stablesr-mini", bf16 ? Precision.BF16 : Precision.FP32, pictures)) {
      Map<String, Runnable> ways = new LinkedHashMap<>();
      ways.put("alone", runs.way(TileSharing.WITHIN_IMAGE, ProcessorUse.turns(threads), 1));
      ways.put(
          "beside",
          runs.way(
              TileSharing.WITHIN_IMAGE, new ProcessorUse(threads, 1, smallCallGflop), threads));
      Map<String, Taken> taken = Turns.measure(ways, 2);
      double slow = taken.get("alone").seconds();
      double fast = taken.get("beside").seconds();
      bounds.add(
          new QuickBound(
              "mixed",
              "embedded model, 50 pictures of mixed sizes: %d at a time / one by one"
                  .formatted(threads),
              1.1,
              1.3,
              Optional.of(slow / fast)));
      System.out.printf(
          "%s  (%.2f / %.2f s passed)%n", bounds.get(bounds.size() - 1).line(), slow, fast);
    }
  }

  private static Map<String, Taken> measure(Map<String, NetworkRun> runs, int rounds) {
    try {
      return Turns.measure(new LinkedHashMap<>(runs), rounds);
    } finally {
      runs.values().forEach(NetworkRun::close);
    }
  }

  private void add(
      String name, String meaning, double bound, double wanted, Taken fast, Taken slow) {
    Optional<Double> ratio = Optional.ofNullable(fast).map(taken -> taken.speedOver(slow));
    bounds.add(new QuickBound(name, meaning, bound, wanted, ratio));
    String seconds =
        ratio.isPresent()
            ? "  (%.2f / %.2f s)".formatted(slow.processorSeconds(), fast.processorSeconds())
            : "";
    System.out.println(bounds.get(bounds.size() - 1).line() + seconds);
  }

  private int report() {
    System.out.println(PyTorchComparison.line(engine));
    System.out.printf(
        "%nRatios of processor seconds (mixed: of seconds), %d threads. Baseline: fp32 as stored, one kernel of libtorch per operation,"
            + " as PyTorch in eager mode.%n%n",
        TensorEngine.threads());
    System.out.printf("%-15s %-62s %6s %6s %6s%n", "ratio", "what", "here", "bound", "wanted");
    bounds.forEach(bound -> System.out.println(bound.line()));
    System.out.println();
    System.out.println(
        bounds.stream()
            .map(bound -> bound.name() + " " + bound.ratio())
            .collect(Collectors.joining(", ", "ratios: ", "")));
    return bounds.stream().anyMatch(QuickBound::missed) ? 1 : 0;
  }
}
