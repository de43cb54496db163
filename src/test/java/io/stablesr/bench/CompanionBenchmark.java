package io.stablesr.bench;

import io.stablesr.checkpoint.Weights;
import io.stablesr.core.FloatTensor;
import io.stablesr.engine.CompileOptions;
import io.stablesr.engine.CompiledNetwork;
import io.stablesr.engine.ComputeDevice;
import io.stablesr.engine.TensorEngine;
import io.stablesr.engine.TensorScope;
import io.stablesr.network.Architecture;
import io.stablesr.network.Graphs;
import io.stablesr.network.Graphs.Extent;
import io.stablesr.testing.Differences;
import io.stablesr.testing.MiniModel;
import io.stablesr.testing.TinyModel;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;

/**
 * Evaluates a tile alone and among others and prints whether the result is the same to the bit.
 * Arguments: batch, then threads.
 */
public final class CompanionBenchmark {
  private static final int[] SIDES = {8, 16, 32, 64, 80};
  private static final float[] TIMESTEPS = {641, 37, 999, 0, 500, 250, 750, 3};

  private CompanionBenchmark() {}

  /** Prints a line per model, size, and kind of companions. */
  public static void main(String[] args) {
    int batch = Integer.parseInt(args[0]);
    try (TensorEngine engine = TensorEngine.open(ComputeDevice.CPU, Integer.parseInt(args[1]));
        MiniModel mini = new MiniModel();
        TinyModel tiny = new TinyModel()) {
      print(engine, "mini", MiniModel.ARCHITECTURE, mini.diffusion(), batch);
      print(engine, "tiny", TinyModel.ARCHITECTURE, tiny.diffusion(), batch);
    }
  }

  private static void print(
      TensorEngine engine, String name, Architecture architecture, Weights weights, int batch) {
    try (CompiledNetwork network =
        engine.compile(
            new Graphs(architecture).denoiser(Extent.TILE), weights, CompileOptions.EXACT)) {
      int width = architecture.unet().contextWidth();
      for (int side : SIDES) {
        Random random = new Random(side);
        FloatTensor x = noise(random, batch, 4, side, side);
        FloatTensor z = noise(random, batch, 4, side, side);
        FloatTensor context = noise(random, 1, 8, width);
        float[] same = new float[batch];
        Arrays.fill(same, TIMESTEPS[0]);
        float[] different = Arrays.copyOf(TIMESTEPS, batch);
        FloatTensor alone = run(engine, network, first(x), first(z), context, TIMESTEPS[0]);
        System.out.printf(
            "%s, %d latents, batch %d: same t given once %s, given per tile %s, different t %s,"
                + " twice alone %s%n",
            name,
            side,
            batch,
            difference(first(run(engine, network, x, z, context, TIMESTEPS[0])), alone),
            difference(first(run(engine, network, x, z, context, same)), alone),
            difference(first(run(engine, network, x, z, context, different)), alone),
            difference(run(engine, network, first(x), first(z), context, TIMESTEPS[0]), alone));
      }
    }
  }

  private static FloatTensor run(
      TensorEngine engine,
      CompiledNetwork network,
      FloatTensor x,
      FloatTensor z,
      FloatTensor context,
      float... t) {
    try (TensorScope scope = engine.scope()) {
      return network
          .run(
              scope,
              Map.of(
                  "x", scope.upload(x),
                  "z", scope.upload(z),
                  "t", scope.upload(t, t.length),
                  "context", scope.upload(context)))
          .get("out")
          .download();
    }
  }

  private static String difference(FloatTensor actual, FloatTensor expected) {
    return Arrays.equals(actual.data(), expected.data())
        ? "equal"
        : "%.1e".formatted(Differences.relativeL2(actual, expected));
  }

  private static FloatTensor first(FloatTensor batch) {
    int[] shape = batch.shape();
    int size = batch.size() / shape[0];
    shape[0] = 1;
    return FloatTensor.of(Arrays.copyOf(batch.data(), size), shape);
  }

  private static FloatTensor noise(Random random, int... shape) {
    FloatTensor noise = FloatTensor.zeros(shape);
    for (int i = 0; i < noise.size(); i++) {
      noise.data()[i] = (float) random.nextGaussian();
    }
    return noise;
  }
}
