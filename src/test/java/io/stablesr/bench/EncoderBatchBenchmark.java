package io.stablesr.bench;

import io.stablesr.bench.Turns.Taken;
import io.stablesr.checkpoint.Checkpoint;
import io.stablesr.checkpoint.Weights;
import io.stablesr.core.FloatTensor;
import io.stablesr.engine.CompileOptions;
import io.stablesr.engine.CompiledNetwork;
import io.stablesr.engine.ComputeDevice;
import io.stablesr.engine.DeviceTensor;
import io.stablesr.engine.TensorEngine;
import io.stablesr.engine.TensorScope;
import io.stablesr.network.Graphs;
import io.stablesr.network.Graphs.Extent;
import io.stablesr.restore.ModelBundle;
import io.stablesr.restore.ModelDescription;
import io.stablesr.testing.Differences;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;

/**
 * What evaluating the time-aware encoder for several timesteps of a tile in one call would save:
 * its input is the LR latent and the timestep alone, so those of later steps are known. Takes turns
 * between one call for so many timesteps, a call for each, and a whole step, of which the encoder
 * is a part. Arguments: a bundle folder, side of the tile in latents, timesteps, rounds, threads.
 */
public final class EncoderBatchBenchmark {
  /** Processor time is counted in hundredths of a second. */
  private static final int REPEATS = 4;

  private EncoderBatchBenchmark() {}

  /** Prints processor seconds, the ratio, the share of a step that it can save, and the memory. */
  public static void main(String[] args) {
    Path folder = Path.of(args[0]);
    int side = Integer.parseInt(args[1]);
    int timesteps = Integer.parseInt(args[2]);
    ModelDescription model =
        ModelBundle.open(folder.toString(), ModelBundle.userCache()).description();
    Graphs graphs = new Graphs(model.architecture());
    Extent tile = new Extent(1, side, side);
    try (TensorEngine engine = TensorEngine.open(ComputeDevice.CPU, Integer.parseInt(args[4]));
        Checkpoint checkpoint = Checkpoint.open(folder.resolve("diffusion.safetensors"));
        CompiledNetwork encoder =
            engine.compile(
                graphs.conditionEncoder(tile), Weights.of(checkpoint), CompileOptions.EXACT);
        NetworkRun step =
            new NetworkRun(
                engine, graphs.denoiser(tile), Weights.of(checkpoint), CompileOptions.EXACT);
        TensorScope kept = engine.scope()) {
      FloatTensor z = latent(model.architecture().unet().latentChannels(), side);
      DeviceTensor one = kept.upload(z);
      DeviceTensor all = kept.upload(repeated(z, timesteps));
      DeviceTensor times = kept.upload(times(timesteps));
      Map<String, Runnable> work = new LinkedHashMap<>();
      work.put("together", () -> run(engine, encoder, all, times));
      work.put(
          "apart",
          () -> {
            for (int i = 0; i < timesteps; i++) {
              run(engine, encoder, one, kept.row(times, i));
            }
          });
      work.put("step", step);
      Map<String, Taken> taken = Turns.measure(repeated(work), Integer.parseInt(args[3]));
      report(taken, timesteps, difference(engine, encoder, one, all, times));
    }
    long values = 0;
    for (int level = 0; level < model.architecture().conditionEncoder().levels(); level++) {
      long latents = (long) (side >> level) * (side >> level);
      values += model.architecture().conditionEncoder().outChannels() * latents;
    }
    System.out.printf("features of a tile and timestep in fp32: %d bytes%n", values * Float.BYTES);
  }

  private static void report(Map<String, Taken> taken, int timesteps, double difference) {
    double apart = taken.get("apart").processorSeconds() / timesteps / REPEATS;
    double together = taken.get("together").processorSeconds() / timesteps / REPEATS;
    double step = taken.get("step").processorSeconds() / REPEATS;
    System.out.printf(
        "encoder per timestep: %.4f s alone, %.4f s with %d in a call, ratio %.2f; step %.4f s,"
            + " saved %.1f %% of it; rel L2 %.1e%n",
        apart,
        together,
        timesteps,
        apart / together,
        step,
        100 * (apart - together) / step,
        difference);
  }

  private static Map<String, Runnable> repeated(Map<String, Runnable> work) {
    Map<String, Runnable> repeated = new LinkedHashMap<>();
    work.forEach(
        (name, once) ->
            repeated.put(
                name,
                () -> {
                  for (int i = 0; i < REPEATS; i++) {
                    once.run();
                  }
                }));
    return repeated;
  }

  private static void run(
      TensorEngine engine, CompiledNetwork encoder, DeviceTensor z, DeviceTensor t) {
    try (TensorScope scope = engine.scope()) {
      encoder.run(scope, Map.of("z", z, "t", t));
    }
  }

  /** Of the features of the last timestep at the finest level. */
  private static double difference(
      TensorEngine engine,
      CompiledNetwork encoder,
      DeviceTensor one,
      DeviceTensor all,
      DeviceTensor times) {
    try (TensorScope scope = engine.scope()) {
      int last = times.dim(0) - 1;
      FloatTensor together =
          scope
              .row(encoder.run(scope, Map.of("z", all, "t", times)).get("condition/0"), last)
              .download();
      FloatTensor alone =
          encoder
              .run(scope, Map.of("z", one, "t", scope.row(times, last)))
              .get("condition/0")
              .download();
      return Differences.relativeL2(together, alone);
    }
  }

  private static FloatTensor latent(int channels, int side) {
    FloatTensor latent = FloatTensor.zeros(1, channels, side, side);
    Random random = new Random(1);
    for (int i = 0; i < latent.size(); i++) {
      latent.data()[i] = (float) random.nextGaussian();
    }
    return latent;
  }

  private static FloatTensor repeated(FloatTensor latent, int times) {
    FloatTensor all = FloatTensor.zeros(times, latent.dim(1), latent.dim(2), latent.dim(3));
    for (int i = 0; i < times; i++) {
      System.arraycopy(latent.data(), 0, all.data(), i * latent.size(), latent.size());
    }
    return all;
  }

  private static FloatTensor times(int count) {
    float[] times = new float[count];
    for (int i = 0; i < count; i++) {
      times[i] = 999f - 50 * i;
    }
    return FloatTensor.of(times, count);
  }
}
