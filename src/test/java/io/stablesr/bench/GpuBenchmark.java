package io.stablesr.bench;

import io.stablesr.bench.DeviceNetwork.Evaluation;
import io.stablesr.checkpoint.Checkpoint;
import io.stablesr.checkpoint.Weights;
import io.stablesr.core.StableSrException;
import io.stablesr.engine.CompileOptions;
import io.stablesr.engine.ComputeDevice;
import io.stablesr.engine.Precision;
import io.stablesr.engine.ProcessorUse;
import io.stablesr.engine.Replay;
import io.stablesr.engine.TensorEngine;
import io.stablesr.graph.Graph;
import io.stablesr.network.Graphs;
import io.stablesr.network.Graphs.Extent;
import io.stablesr.restore.ModelDescription;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * What a device takes for the networks and for pictures, as rows of Markdown tables that are
 * printed one by one. Arguments: {@code cpu} or {@code cuda:N}, a folder of a bundle ({@link
 * SyntheticModel} writes one of the official size; {@code src/main/resources/models/stablesr-mini}
 * is a small one), sections separated by commas, and for the sections {@code pytorch-*} a Python
 * that has torch. Sections: {@code check}, {@code replay}, {@code norm}, {@code peak}, {@code
 * step-fp16}, {@code step-bf16}, {@code step-fp32}, {@code layout}, {@code decode}, {@code
 * pictures}, {@code folder}, {@code bundle-pictures}, {@code pytorch-step} and {@code
 * pytorch-decode}.
 *
 * <p>System properties: {@code bench.batches} (1,4,8,16), {@code bench.seconds} of each of two
 * measurements of a row (1), {@code bench.peak} side of the matrices (8192), {@code bench.files}
 * pictures of the folder (64), {@code bench.threads} that bring them (8), {@code bench.steps} of
 * the longest sampling (200), {@code bench.dtypes} of pictures (fp16,bf16,fp32), {@code bench.ways}
 * of PyTorch (all), {@code bench.replay} of pictures (where-possible).
 */
public final class GpuBenchmark {
  private static final String EMBEDDED = "stablesr-mini";

  private final ComputeDevice device;
  private final Path folder;
  private final BundleNetworks files;
  private final String python;
  private final List<Integer> batches;
  private final double seconds = Double.parseDouble(System.getProperty("bench.seconds", "1"));
  private final int side = Integer.getInteger("bench.peak", 8192);
  private final Map<Precision, Double> peaks = new HashMap<>();

  private GpuBenchmark(ComputeDevice device, Path folder, String python) {
    this.device = device;
    this.folder = folder;
    this.files = new BundleNetworks(folder);
    this.python = python;
    this.batches =
        List.of(System.getProperty("bench.batches", "1,4,8,16").split(",", -1)).stream()
            .map(Integer::valueOf)
            .toList();
  }

  /** Prints the rows; a section that fails says so and the next one follows. */
  public static void main(String[] args) throws InterruptedException {
    GpuBenchmark benchmark =
        new GpuBenchmark(
            ComputeDevice.parse(args[0]),
            Path.of(args[1]),
            args.length > 3 ? args[3] : "/usr/bin/python3");
    int failed = 0;
    for (String section : args[2].split(",", -1)) {
      long start = System.nanoTime();
      try {
        benchmark.run(section);
      } catch (IOException | ExecutionException | RuntimeException | LinkageError e) {
        DeviceRows.say("%s failed: %s", section, e);
        e.printStackTrace();
        failed = 1;
      }
      DeviceRows.say("%n(section %s: %.1f s)", section, (System.nanoTime() - start) / 1e9);
    }
    // What libtorch does at an ordinary end may wait for a device.
    Runtime.getRuntime().halt(failed);
  }

  private void run(String section) throws IOException, InterruptedException, ExecutionException {
    DeviceRows.say("%n### %s on %s, model in %s%n", section, device, folder.getFileName());
    switch (section) {
      case "check" -> exactness().check();
      case "peak" -> peak();
      case "replay" -> exactness().replay(batches);
      case "norm" -> exactness().norm();
      case "step-fp16" -> step(Precision.FP16);
      case "step-bf16" -> step(Precision.BF16);
      case "step-fp32" -> step(Precision.FP32);
      case "layout" -> layout();
      case "decode" -> decode();
      case "pictures" -> new GpuPictureSections(device).pictures(EMBEDDED);
      case "bundle-pictures" -> new GpuPictureSections(device).pictures(folder.toString());
      case "folder" -> new GpuPictureSections(device).folder();
      case "pytorch-step" ->
          pytorch()
              .network(
                  "step",
                  batch -> step(files.description(), batch),
                  batches,
                  folder.resolve("diffusion.safetensors"));
      case "pytorch-decode" ->
          pytorch()
              .network(
                  "decoder with feature wrapping",
                  batch ->
                      new Graphs(files.description().architecture()).fusingDecoder(Extent.TILE),
                  List.of(1),
                  folder.resolve("autoencoder.safetensors"));
      default -> throw new IllegalArgumentException("There is no section " + section);
    }
  }

  private GpuExactnessSections exactness() {
    return new GpuExactnessSections(device, files);
  }

  private GpuPyTorchSections pytorch() {
    return new GpuPyTorchSections(device, python, seconds, side);
  }

  private TensorEngine open() {
    return open(Replay.NEVER);
  }

  private TensorEngine open(Replay replay) {
    return TensorEngine.open(device, ProcessorUse.turns(0), replay);
  }

  static Graph step(ModelDescription model, int batch) {
    return new Graphs(model.architecture())
        .denoiser(new Extent(batch, Extent.TILE.latentHeight(), Extent.TILE.latentWidth()));
  }

  private void peak() {
    DeviceRows.say("| product of two matrices of %d | TFLOP/s |", side);
    DeviceRows.say("|---|---|");
    try (TensorEngine engine = open()) {
      for (Precision precision : Precision.values()) {
        DeviceRows.say("| %s | %.1f |", precision, peak(engine, precision) / 1e12);
      }
    }
  }

  private double peak(TensorEngine engine, Precision precision) {
    return peaks.computeIfAbsent(
        precision,
        given -> {
          try (MatrixPeak matrices = new MatrixPeak(engine, side)) {
            return matrices.flops(given, Math.min(seconds, 0.5));
          }
        });
  }

  private void step(Precision precision) throws IOException {
    steps(engine -> Stream.of(engine.recommended(precision)));
  }

  /** What channels last and replay bring. */
  private void layout() throws IOException {
    steps(
        engine ->
            Stream.of(
                    CompileOptions.recommended(device, Precision.BF16),
                    engine.recommended(Precision.BF16))
                .distinct());
  }

  private void steps(Function<TensorEngine, Stream<CompileOptions>> ways) throws IOException {
    for (Replay replay : Replay.values()) {
      try (TensorEngine engine = open(replay);
          Checkpoint weights = files.diffusion()) {
        DeviceRows.heading(
            "evaluation of UNet and time-aware encoder"
                + (engine.replays() ? ", replayed" : ", kernel by kernel"));
        ways.apply(engine).forEach(options -> step(engine, weights, options, batches));
      }
    }
  }

  private void step(
      TensorEngine engine, Checkpoint weights, CompileOptions options, List<Integer> sizes) {
    double peak = peak(engine, options.precision());
    DeviceRows.say(
        "| matrix product of %d | %s | | | | %.2f | %.1f | 1 |",
        side, options.precision(), 2e3 * Math.pow(side, 3) / peak, peak / 1e12);
    ModelDescription model = files.description();
    long start = System.nanoTime();
    try (DeviceNetwork network =
        new DeviceNetwork(engine, step(model, 1), Weights.of(weights), options)) {
      DeviceRows.say(
          "| loading %s | %s | %s | | %.0f | | | |",
          model.name(),
          options.precision(),
          options.memoryFormat(),
          (System.nanoTime() - start) / 1e6);
      for (int batch : sizes) {
        row("step", network, step(model, batch), options, batch, peak);
      }
    }
  }

  private void row(
      String what,
      DeviceNetwork network,
      Graph graph,
      CompileOptions options,
      int batch,
      double peak) {
    try (Evaluation evaluation = network.with(graph)) {
      DeviceTimes times = DeviceTimes.of(evaluation, seconds);
      DeviceRows.row(
          "%s | %s | %s".formatted(what, options.precision(), options.memoryFormat()),
          batch,
          times,
          (double) graph.cost().flops(),
          peak);
    } catch (StableSrException e) {
      DeviceRows.say(
          "| %s | %s | | %d | %s | | | |", what, options.precision(), batch, e.getMessage());
    }
  }

  private void decode() throws IOException {
    Graphs graphs = new Graphs(files.description().architecture());
    try (TensorEngine engine = open();
        Checkpoint weights = files.autoencoder()) {
      DeviceRows.heading("autoencoder at 512x512");
      for (Precision precision : List.of(Precision.FP16, Precision.BF16, Precision.FP32)) {
        CompileOptions options = engine.recommended(precision);
        Map<String, Graph> parts = new LinkedHashMap<>();
        parts.put("decoder with feature wrapping", graphs.fusingDecoder(Extent.TILE));
        parts.put("encoder", graphs.encoder(Extent.TILE, Graphs.CFW_SCOPE));
        for (Map.Entry<String, Graph> part : parts.entrySet()) {
          try (DeviceNetwork network =
              new DeviceNetwork(engine, part.getValue(), Weights.of(weights), options)) {
            row(part.getKey(), network, part.getValue(), options, 1, peak(engine, precision));
          }
        }
      }
    }
  }
}
