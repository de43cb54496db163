package io.stablesr.bench;

import io.stablesr.bench.PyTorchOnDevice.Way;
import io.stablesr.checkpoint.Checkpoint;
import io.stablesr.core.FloatTensor;
import io.stablesr.engine.ComputeDevice;
import io.stablesr.engine.Precision;
import io.stablesr.engine.TensorEngine;
import io.stablesr.graph.Graph;
import io.stablesr.testing.Differences;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.IntFunction;

/**
 * The sections of {@link GpuBenchmark} that evaluate a network in PyTorch.
 *
 * @param device of both
 * @param python that has torch
 * @param seconds of each of two measurements of a row
 * @param side of the matrices whose product is the peak
 */
record GpuPyTorchSections(ComputeDevice device, String python, double seconds, int side) {
  /**
   * Times a network.
   *
   * @param sized the network for a batch
   */
  void network(String what, IntFunction<Graph> sized, List<Integer> batches, Path file)
      throws IOException {
    Graph graph = sized.apply(1);
    try (PyTorchOnDevice there = PyTorchOnDevice.start(python, graph, file, device.toString())) {
      DeviceRows.say("PyTorch %s%n", there.version());
      DeviceRows.heading(what + " in PyTorch");
      Map<String, Double> best = new HashMap<>();
      for (Precision precision : Precision.values()) {
        String type = precision.name().toLowerCase(Locale.ROOT);
        best.put(type, theirPeak(there, type));
      }
      for (int batch : batches) {
        Graph tiles = sized.apply(batch);
        there.arguments(NetworkRun.arguments(tiles));
        for (Way way : ways()) {
          String type = way.word().replaceFirst("-.*", "");
          try {
            DeviceRows.row(
                "PyTorch | %s |".formatted(way.word()),
                batch,
                there.time(way, seconds),
                (double) tiles.cost().flops(),
                best.get(type));
          } catch (IllegalStateException e) {
            DeviceRows.say("| PyTorch | %s | | %d | %s | | | |", way.word(), batch, e.getMessage());
          }
        }
      }
      compare(graph, there, file);
    }
  }

  private double theirPeak(PyTorchOnDevice there, String type) throws IOException {
    try {
      double peak = there.peak(type, side, Math.min(seconds, 0.5));
      DeviceRows.say(
          "| matrix product of %d | %s | | | | %.2f | %.1f | 1 |",
          side, type, 2e3 * Math.pow(side, 3) / peak, peak / 1e12);
      return peak;
    } catch (IllegalStateException e) {
      DeviceRows.say("| matrix product of %d | %s | | | %s | | | |", side, type, e.getMessage());
      return Double.NaN;
    }
  }

  private static List<Way> ways() {
    List<String> wanted = List.of(System.getProperty("bench.ways", "").split(",", -1));
    List<Way> ways = new ArrayList<>();
    for (Way way : Way.values()) {
      if (wanted.contains("") || wanted.contains(way.word())) {
        ways.add(way);
      }
    }
    return ways;
  }

  /** Whether both compute the same. */
  private void compare(Graph graph, PyTorchOnDevice there, Path file) throws IOException {
    there.arguments(NetworkRun.arguments(graph));
    try (TensorEngine engine = TensorEngine.open(device, 0);
        Checkpoint weights = Checkpoint.open(file)) {
      FloatTensor here =
          GpuExactnessSections.result(engine, graph, weights, engine.recommended(Precision.FP32));
      DeviceRows.say("%n| way | relative L2 to fp32 here |%n|---|---|");
      for (Way way : ways()) {
        try {
          FloatTensor theirs = there.result(way, here.shape());
          DeviceRows.say("| PyTorch %s | %.1e |", way.word(), Differences.relativeL2(theirs, here));
        } catch (IllegalStateException e) {
          DeviceRows.say("| PyTorch %s | %s |", way.word(), e.getMessage());
        }
      }
    }
  }
}
