package io.stablesr.bench;

import io.stablesr.bench.Turns.Taken;
import io.stablesr.checkpoint.Checkpoint;
import io.stablesr.checkpoint.Weights;
import io.stablesr.engine.Bf16Instructions;
import io.stablesr.engine.CompileOptions;
import io.stablesr.engine.ComputeDevice;
import io.stablesr.engine.TensorEngine;
import io.stablesr.graph.Graph;
import io.stablesr.graph.Recorder;
import io.stablesr.graph.Symbol;
import io.stablesr.network.Architecture;
import io.stablesr.network.Graphs;
import io.stablesr.network.Graphs.Extent;
import io.stablesr.network.Unet;
import io.stablesr.network.UnetConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How far each stage of the pipeline is from what the machine could do: operations and bytes of a
 * tile as the recorder counts them, against a convolution, a matrix product and a stream through
 * memory that are measured in the same run. Times are processor seconds by the number of threads.
 * Arguments: folder of a bundle of official size ({@link SyntheticModel} writes one), rounds,
 * threads.
 */
public final class RooflineBenchmark {
  private static final Graphs GRAPHS = new Graphs(Architecture.OFFICIAL);

  private RooflineBenchmark() {}

  /** Prints the ceilings and a line per stage, for fp32 and for bf16 where the processor has it. */
  public static void main(String[] args) throws IOException {
    Path folder = Path.of(args[0]);
    int rounds = Integer.parseInt(args[1]);
    Path single = Files.createTempFile("ceilings", ".safetensors");
    Ceilings.write(single);
    try (TensorEngine engine = TensorEngine.open(ComputeDevice.CPU, Integer.parseInt(args[2]));
        Checkpoint diffusion = Checkpoint.open(folder.resolve("diffusion.safetensors"));
        Checkpoint autoencoder = Checkpoint.open(folder.resolve("autoencoder.safetensors"));
        Checkpoint ceilings = Checkpoint.open(single)) {
      Sources files =
          new Sources(Weights.of(diffusion), Weights.of(autoencoder), Weights.of(ceilings));
      table(engine, files, NetworkRun.EAGER, Float.BYTES, rounds);
      if (Bf16Instructions.of(Bf16Instructions.LINUX_CPU_INFO) == Bf16Instructions.PRESENT) {
        table(engine, files, NetworkRun.BF16, Short.BYTES, rounds);
      }
    } finally {
      Files.delete(single);
    }
  }

  private record Sources(Weights diffusion, Weights autoencoder, Weights ceilings) {}

  private record Stage(String name, Graph graph, Weights weights) {}

  private static List<Stage> stages(Sources files) {
    return List.of(
        new Stage(
            "VAE encoder", GRAPHS.encoder(Extent.TILE, Graphs.CFW_SCOPE), files.autoencoder()),
        new Stage("time-aware encoder", GRAPHS.conditionEncoder(Extent.TILE), files.diffusion()),
        new Stage("UNet", unet(), files.diffusion()),
        new Stage(
            "step between, 1 block", GRAPHS.shallowDenoiser(Extent.TILE, 1), files.diffusion()),
        new Stage("VAE decoder with CFW", GRAPHS.fusingDecoder(Extent.TILE), files.autoencoder()));
  }

  /** The UNet with its condition given. */
  private static Graph unet() {
    UnetConfig config = Architecture.OFFICIAL.unet();
    Recorder recorder = new Recorder("unet");
    int side = Extent.TILE.latentHeight();
    Symbol x = recorder.input("x", 1, config.latentChannels(), side, side);
    Symbol t = recorder.input("t", 1);
    Symbol context = recorder.input("context", 1, 77, config.contextWidth());
    List<Symbol> condition = new ArrayList<>();
    for (int level = 0; level < config.levels(); level++) {
      condition.add(
          recorder.input(
              "condition" + level, 1, config.conditionChannels(), side >> level, side >> level));
    }
    recorder.output("out", new Unet(config).record(x, t, context, condition));
    return recorder.finish();
  }

  private static void table(
      TensorEngine engine, Sources files, CompileOptions options, int bytes, int rounds) {
    List<Stage> all = new ArrayList<>(stages(files));
    all.add(new Stage("convolution", Ceilings.convolution(), files.ceilings()));
    all.add(new Stage("matrix product", Ceilings.product(), files.ceilings()));
    Map<String, NetworkRun> runs = new LinkedHashMap<>();
    for (Stage stage : all) {
      runs.put(stage.name(), new NetworkRun(engine, stage.graph(), stage.weights(), options));
    }
    int threads = TensorEngine.threads();
    Map<String, Runnable> work = new LinkedHashMap<>(runs);
    work.put("stream", Ceilings.stream(threads));
    Map<String, Taken> taken = Turns.measure(work, rounds);
    double convolution = rate(runs, taken, "convolution");
    double product = rate(runs, taken, "matrix product");
    double stream = Ceilings.streamBytes(threads) / seconds(taken, "stream") / 1e9;
    System.out.printf(
        "%s, %d threads: convolution %.0f GFLOP/s, matrix product %.0f GFLOP/s, stream %.1f GB/s%n",
        options.precision(), threads, convolution, product, stream);
    System.out.printf(
        "%-22s %8s %8s %9s %9s %9s %9s %6s%n",
        "stage", "GFLOP", "GB", "weights", "s", "compute s", "memory s", "gap");
    for (Stage stage : stages(files)) {
      double gigaflop = stage.graph().cost().flops() / 1e9;
      double gigabytes = stage.graph().cost().movedElements() * (double) bytes / 1e9;
      double measured = seconds(taken, stage.name());
      double computing = gigaflop / Math.max(convolution, product);
      double moving = gigabytes / stream;
      System.out.printf(
          "%-22s %8.1f %8.2f %9.2f %9.3f %9.3f %9.3f %6.2f%n",
          stage.name(),
          gigaflop,
          gigabytes,
          stage.graph().parameterCount() * (double) bytes / 1e9,
          measured,
          computing,
          moving,
          measured / Math.max(computing, moving));
    }
    runs.values().forEach(NetworkRun::close);
  }

  private static double rate(Map<String, NetworkRun> runs, Map<String, Taken> taken, String name) {
    return runs.get(name).flops() / seconds(taken, name) / 1e9;
  }

  private static double seconds(Map<String, Taken> taken, String name) {
    return taken.get(name).processorSeconds() / TensorEngine.threads();
  }
}
