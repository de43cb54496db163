package io.stablesr.jmh;

import io.stablesr.bench.NetworkRun;
import io.stablesr.checkpoint.Checkpoint;
import io.stablesr.checkpoint.Weights;
import io.stablesr.engine.ComputeDevice;
import io.stablesr.engine.TensorEngine;
import io.stablesr.network.Graphs;
import io.stablesr.network.Graphs.Extent;
import io.stablesr.restore.ModelBundle;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/** One evaluation of the embedded model's UNet with its time-aware encoder, on one tile. */
public class NetworkBenchmark extends Averages {
  private static final String BUNDLE = "stablesr-mini";

  /** What the network computes in; {@code fp32} is as stored, without packing. */
  @Param({"fp32", "bf16"})
  private String dtype;

  /** Side of the tile. */
  @Param("64")
  private int tileLatents;

  /** Threads of libtorch. */
  @Param("2")
  private int threads;

  private TensorEngine engine;
  private Checkpoint weights;
  private NetworkRun network;

  /** Compiles the network. */
  @Setup
  public void prepare() throws IOException, URISyntaxException {
    engine = TensorEngine.open(ComputeDevice.CPU, threads);
    // A file, not an entry of a jar: the benchmarks run from the folders of the build.
    weights =
        Checkpoint.open(
            Path.of(
                Objects.requireNonNull(
                        NetworkRun.class.getResource(
                            "/models/" + BUNDLE + "/diffusion.safetensors"))
                    .toURI()));
    Graphs graphs =
        new Graphs(
            ModelBundle.open(BUNDLE, Files.createTempDirectory("jmh"))
                .description()
                .architecture());
    network =
        new NetworkRun(
            engine,
            graphs.denoiser(new Extent(1, tileLatents, tileLatents)),
            Weights.of(weights),
            switch (dtype) {
              case "fp32" -> NetworkRun.EAGER;
              case "bf16" -> NetworkRun.BF16;
              default -> throw new IllegalArgumentException("dtype is fp32 or bf16, not " + dtype);
            });
  }

  /** The result stays on the device, which is the processor. */
  @Benchmark
  public void denoiser() {
    network.run();
  }

  /** Frees what the network took. */
  @TearDown
  public void close() {
    network.close();
    weights.close();
    engine.close();
  }
}
