package io.stablesr.bench;

import io.stablesr.checkpoint.Checkpoint;
import io.stablesr.checkpoint.Weights;
import io.stablesr.engine.CallThreads;
import io.stablesr.engine.ComputeDevice;
import io.stablesr.engine.ProcessorUse;
import io.stablesr.engine.TensorEngine;
import io.stablesr.graph.Graph;
import io.stablesr.network.Graphs;
import io.stablesr.network.Graphs.Extent;
import io.stablesr.restore.ModelBundle;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * One call with all threads against as many calls at once with one thread each, in turn, for the
 * networks of a bundle on canvases of growing size: from what size on a second thread is worth
 * having. Arguments: folder of the bundle's files, bundle, {@code fp32} or {@code bf16}, threads,
 * sides in latents.
 */
public final class CallThreadsBenchmark {
  private static final long ROUND_NANOS = 1_500_000_000L;
  private static final int ROUNDS = 3;

  /** Calls say for themselves whether they are small. */
  private static final double SMALL = 1;

  private static final double LARGE = 2;

  private CallThreadsBenchmark() {}

  /** Prints a line per network and side. */
  public static void main(String[] args)
      throws IOException, InterruptedException, ExecutionException {
    Path folder = Path.of(args[0]);
    int threads = Integer.parseInt(args[3]);
    Graphs graphs =
        new Graphs(
            ModelBundle.open(args[1], Files.createTempDirectory("bundle"))
                .description()
                .architecture());
    ExecutorService calls = Executors.newFixedThreadPool(threads);
    try (TensorEngine engine =
            TensorEngine.open(ComputeDevice.CPU, new ProcessorUse(threads, 1, SMALL));
        Checkpoint diffusion = Checkpoint.open(folder.resolve("diffusion.safetensors"));
        Checkpoint autoencoder = Checkpoint.open(folder.resolve("autoencoder.safetensors"))) {
      System.out.printf(
          "%-16s %7s %9s %12s %12s %7s%n",
          "network", "side", "GFLOP", "together, ms", "apart, ms", "ratio");
      for (int i = 4; i < args.length; i++) {
        int side = Integer.parseInt(args[i]);
        Extent extent = new Extent(1, side, side);
        Weights stored = Weights.of(autoencoder);
        for (Subject subject :
            List.of(
                new Subject("denoiser", graphs.denoiser(extent), Weights.of(diffusion)),
                new Subject("encoder", graphs.encoder(extent, Graphs.CFW_SCOPE), stored),
                new Subject("fusing decoder", graphs.fusingDecoder(extent), stored))) {
          try (NetworkRun run =
              new NetworkRun(
                  engine,
                  subject.graph,
                  subject.weights,
                  args[2].equals("bf16") ? NetworkRun.BF16 : NetworkRun.EAGER)) {
            print(subject, side, run, new Callers(engine.calls(), threads, calls));
          }
        }
      }
    } finally {
      calls.shutdown();
    }
  }

  /** Threads that make calls at once. */
  private record Callers(CallThreads engine, int most, ExecutorService threads) {}

  private record Subject(String name, Graph graph, Weights weights) {}

  private static void print(Subject subject, int side, NetworkRun run, Callers callers)
      throws InterruptedException, ExecutionException {
    double together = Double.MAX_VALUE;
    double apart = Double.MAX_VALUE;
    for (int round = 0; round < ROUNDS; round++) {
      together = Math.min(together, millis(run, 1, LARGE, callers));
      apart = Math.min(apart, millis(run, callers.most, SMALL, callers));
    }
    System.out.printf(
        "%-16s %7d %9.2f %12.2f %12.2f %7.2f%n",
        subject.name, side, run.flops() / 1e9, together, apart, together / apart);
  }

  /** Wall milliseconds per call. */
  private static double millis(NetworkRun run, int atOnce, double gflop, Callers callers)
      throws InterruptedException, ExecutionException {
    List<Future<Integer>> running = new ArrayList<>();
    long start = System.nanoTime();
    for (int i = 0; i < atOnce; i++) {
      running.add(
          callers.threads.submit(
              () -> {
                int count = 0;
                do {
                  callers.engine.run(
                      gflop,
                      () -> {
                        run.run();
                        return gflop;
                      });
                  count++;
                } while (System.nanoTime() - start < ROUND_NANOS);
                return count;
              }));
    }
    int count = 0;
    for (Future<Integer> call : running) {
      count += call.get();
    }
    return (System.nanoTime() - start) / 1e6 / count;
  }
}
