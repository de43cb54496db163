package io.stablesr.bench;

import io.stablesr.bench.Turns.Taken;
import io.stablesr.checkpoint.Checkpoint;
import io.stablesr.checkpoint.ElementType;
import io.stablesr.checkpoint.SafetensorsWriter;
import io.stablesr.checkpoint.Weights;
import io.stablesr.core.FloatTensor;
import io.stablesr.engine.TensorEngine;
import io.stablesr.graph.Graph;
import io.stablesr.graph.Recorder;
import io.stablesr.graph.Scope;
import io.stablesr.graph.Symbol;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A chain of the convolutions that the UNet spends most of its time in, here and in PyTorch's eager
 * mode, where a {@code python3} with torch is installed.
 */
final class PyTorchComparison {
  private static final int CHANNELS = 320;
  private static final int SIDE = 64;
  private static final int LAYERS = 10;
  private static final int ROUNDS = 5;
  private static final long LIMIT_SECONDS = 120;

  private static final String SCRIPT =
      """
      import sys, time
      try:
          import torch
      except ImportError:
          sys.exit(3)
      torch.set_num_threads(%d)
      x = torch.randn(1, %d, %d, %d)
      w = torch.randn(%d, %d, 3, 3) * 0.02
      def chain(x):
          for _ in range(%d):
              x = torch.nn.functional.silu(torch.nn.functional.conv2d(x, w, None, 1, 1))
          return x
      taken = []
      with torch.inference_mode():
          for _ in range(%d):
              start = time.process_time()
              chain(x)
              taken.append(time.process_time() - start)
      print(torch.__version__, sorted(taken[1:])[len(taken[1:]) // 2])
      """;

  private PyTorchComparison() {}

  /** What the comparison says. */
  static String line(TensorEngine engine) {
    try {
      String[] answer = answer().strip().split(" ", -1);
      if (answer.length != 2) {
        return "PyTorch: no python3 with torch here, not compared.";
      }
      double theirs = Double.parseDouble(answer[1]);
      return String.format(
          Locale.ROOT,
          "PyTorch %s, %d convolutions of %d channels at %dx%d in fp32: %.2f processor seconds there, %.2f here, ratio %.2f.",
          answer[0],
          LAYERS,
          CHANNELS,
          SIDE,
          SIDE,
          theirs,
          ours(engine),
          theirs / ours(engine));
    } catch (IOException e) {
      return "PyTorch: no python3 here, not compared.";
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return "PyTorch: interrupted, not compared.";
    }
  }

  private static String answer() throws IOException, InterruptedException {
    String script =
        SCRIPT.formatted(
            TensorEngine.threads(), CHANNELS, SIDE, SIDE, CHANNELS, CHANNELS, LAYERS, ROUNDS + 1);
    Path output = Files.createTempFile("pytorch", ".txt");
    try {
      Process python =
          new ProcessBuilder("python3", "-c", script)
              .redirectOutput(output.toFile())
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      if (!python.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
        python.destroyForcibly();
        return "";
      }
      return python.exitValue() == 0 ? Files.readString(output, StandardCharsets.UTF_8) : "";
    } finally {
      Files.delete(output);
    }
  }

  private static double ours(TensorEngine engine) {
    Recorder recorder = new Recorder("chain");
    Symbol x = recorder.input("x", 1, CHANNELS, SIDE, SIDE);
    for (int layer = 0; layer < LAYERS; layer++) {
      x = x.convWithoutBias(new Scope("c"), CHANNELS, 3, 1, 1).silu();
    }
    recorder.output("y", x);
    Graph chain = recorder.finish();
    try {
      Path file = Files.createTempFile("chain", ".safetensors");
      FloatTensor weight = FloatTensor.zeros(CHANNELS, CHANNELS, 3, 3);
      for (int i = 0; i < weight.size(); i++) {
        weight.data()[i] = (i % 7 - 3) * 0.01f;
      }
      new SafetensorsWriter(Map.of()).add("c.weight", weight, ElementType.F32).write(file);
      try (Checkpoint weights = Checkpoint.open(file);
          NetworkRun run = new NetworkRun(engine, chain, Weights.of(weights), NetworkRun.EAGER)) {
        Taken taken = Turns.measure(Map.of("chain", run), ROUNDS).get("chain");
        return taken.processorSeconds();
      } finally {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
