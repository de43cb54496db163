package io.stablesr.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.stablesr.bench.TrainingPrograms;
import io.stablesr.checkpoint.Checkpoint;
import io.stablesr.checkpoint.ElementType;
import io.stablesr.checkpoint.SafetensorsWriter;
import io.stablesr.core.FloatTensor;
import io.stablesr.diffusion.NoiseSchedule;
import io.stablesr.engine.CompileOptions;
import io.stablesr.engine.ComputeDevice;
import io.stablesr.engine.TensorEngine;
import io.stablesr.engine.TrainableWeights;
import io.stablesr.metric.TrunkInput;
import io.stablesr.network.Graphs;
import io.stablesr.network.PatchDiscriminator;
import io.stablesr.network.PatchDiscriminator.Normalization;
import io.stablesr.network.PerceptualTrunk;
import io.stablesr.restore.ModelBundle;
import io.stablesr.restore.ModelDescription;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A step of notebooks/gpu_training has the losses and gradients of the Java trainer. */
class GpuTrainingTest {
  private static final String PYTHON = "/usr/bin/python3";
  private static final Path BUNDLE = Path.of("src/main/resources/models/stablesr-mini");
  private static final List<String> TRAINED =
      List.of("model.diffusion_model.", "structcond_stage_model.", "decoder.", "post_quant_conv.");
  private static final long SEED = 5;
  private static final int COUNT = 2;
  private static final int SIDE = 64;
  private static final int BORDER = 8;
  private static final PatchDiscriminator DISCRIMINATOR =
      new PatchDiscriminator(64, 3, Normalization.NONE);
  private static final PictureWeights PARTS = new PictureWeights(1, 15, 0, 0.1, 0, 1, 1);

  @TempDir private Path folder;

  private final ModelDescription description =
      ModelBundle.open(BUNDLE.toString(), Path.of("target")).description();
  private final List<FloatTensor> heads =
      PerceptualTrunk.SQUEEZE.channels().stream()
          .map(channels -> uniform(channels, 1, channels, 1, 1))
          .toList();

  @Test
  void aStepWithoutFusion() throws IOException, InterruptedException {
    compare(0, 0);
  }

  @Test
  void aStepWithFusionAndTwoEvaluations() throws IOException, InterruptedException {
    compare(1, 1);
  }

  private void compare(double fusedShare, double ownShare)
      throws IOException, InterruptedException {
    Map<String, FloatTensor> values = values();
    FloatTensor source = uniform(1, COUNT, 3, SIDE, SIDE);
    FloatTensor truth = uniform(2, COUNT, 3, SIDE, SIDE);
    PictureObjective objective =
        new PictureObjective(
            (random, count, side) -> new PatchBatch(source, truth, truth),
            COUNT,
            SIDE,
            PARTS,
            0,
            0,
            fusedShare,
            ownShare,
            1,
            key -> TRAINED.stream().anyMatch(key::startsWith));
    Map<String, FloatTensor> step = drawn(new SplittableRandom(SEED), fusedShare, ownShare);
    step.put("source", source);
    step.put("truth", truth);
    step.put("parts", FloatTensor.of(new float[] {1, 15, 0.1f}, 3));
    for (int layer = 0; layer < heads.size(); layer++) {
      step.put("head." + layer, heads.get(layer));
    }
    Map<String, FloatTensor> python = python(values, step);

    try (TensorEngine engine = TensorEngine.open(ComputeDevice.CPU, 1);
        TrainableWeights live = engine.trainable(values);
        TrainableWeights.Replica replica =
            live.replica(key -> objective.trains(key) || judge().trains(key));
        RestorerNetworks networks =
            new RestorerNetworks(
                model(values),
                engine,
                replica,
                CompileOptions.EXACT,
                BORDER,
                new Critics(DISCRIMINATOR, TrunkInput.CAFFE, heads))) {
      TensorEngine.recordGradients(TensorEngine.Recording.ON);
      Map<String, Double> losses =
          new LinkedHashMap<>(objective.share(networks, new SplittableRandom(SEED), 1));
      Map<String, FloatTensor> restorer = gradients(replica);
      losses.putAll(judge().share(networks, new SplittableRandom(SEED), 1));
      Map<String, FloatTensor> both = gradients(replica);

      losses.forEach(
          (name, value) ->
              assertThat((double) python.get("value." + name).data()[0])
                  .as(name)
                  .isCloseTo(value, within(1e-4 * Math.max(1, Math.abs(value)))));
      assertThat(losses)
          .containsKeys("perceptual", "judgement", "discriminator")
          .containsKey(fusedShare > 0 ? "fused" : "plain");
      double whole = norm(restorer.values());
      for (String key : replica.trained()) {
        // A step of the optimiser would have cleared what the restorer left in the discriminator.
        FloatTensor gradient =
            judge().trains(key) ? minus(both.get(key), restorer.get(key)) : restorer.get(key);
        // What the colour correction takes out again, such as a bias of a colour, is rounding only.
        assertThat(norm(List.of(minus(python.get("gradient." + key), gradient))))
            .as(key)
            .isLessThan(3e-3 * norm(List.of(gradient)) + 1e-6 * whole);
      }
      assertThat(replica.trained()).hasSizeGreaterThan(400);
      assertThat(whole).isGreaterThan(0.1);
    }
  }

  private static PatchJudge<RestorerNetworks> judge() {
    return new PatchJudge<>(1);
  }

  private static Map<String, FloatTensor> gradients(TrainableWeights.Replica replica) {
    Map<String, FloatTensor> gradients = new HashMap<>();
    replica.trained().forEach(key -> gradients.put(key, replica.gradient(key)));
    return gradients;
  }

  private static double norm(Collection<FloatTensor> tensors) {
    double squares = 0;
    for (FloatTensor tensor : tensors) {
      for (float value : tensor.data()) {
        squares += (double) value * value;
      }
    }
    return Math.sqrt(squares);
  }

  private static FloatTensor minus(FloatTensor a, FloatTensor b) {
    FloatTensor difference = FloatTensor.zeros(a.shape());
    for (int i = 0; i < difference.size(); i++) {
      difference.data()[i] = a.data()[i] - b.data()[i];
    }
    return difference;
  }

  /** The weights of the bundle, a discriminator and a trunk as torch starts them. */
  private Map<String, FloatTensor> values() {
    Map<String, FloatTensor> values =
        TrainingState.weights(
            List.of(
                BUNDLE.resolve("diffusion.safetensors"),
                BUNDLE.resolve("autoencoder.safetensors")));
    return InitialWeights.complete(
        values, List.of(DISCRIMINATOR.graph(256), PerceptualTrunk.SQUEEZE.graph()), 3);
  }

  private RestorerModel model(Map<String, FloatTensor> values) {
    FloatTensor context = values.get("null_context");
    return new RestorerModel(
        description.architecture(),
        description.parameterization(),
        description.latentScale(),
        NoiseSchedule.scaledLinear(description.linearStart(), description.linearEnd(), 1000),
        context.rank() == 3 ? context : context.reshape(1, context.dim(0), context.dim(1)),
        5,
        Graphs.CFW_SCOPE,
        description.posterior());
  }

  /** What the objective draws from {@code random}, in its order, for the script. */
  private Map<String, FloatTensor> drawn(
      RandomGenerator random, double fusedShare, double ownShare) {
    Map<String, FloatTensor> drawn = new LinkedHashMap<>();
    boolean fused = random.nextDouble() < fusedShare;
    random.nextDouble();
    FloatTensor noise = FloatTensor.zeros(COUNT, 4, SIDE / 4, SIDE / 4);
    for (int i = 0; i < noise.size(); i++) {
      noise.data()[i] = (float) random.nextGaussian();
    }
    drawn.put("noise", noise);
    if (random.nextDouble() < ownShare) {
      FloatTensor t = FloatTensor.zeros(COUNT);
      int[] timesteps = Draws.timesteps(random, COUNT, 1000);
      for (int i = 0; i < COUNT; i++) {
        t.data()[i] = timesteps[i];
      }
      drawn.put("t", t);
    }
    if (fused) {
      FloatTensor w = FloatTensor.zeros(COUNT, 1, 1, 1);
      for (int i = 0; i < COUNT; i++) {
        w.data()[i] = random.nextInt(3) > 0 ? 1 : random.nextFloat();
      }
      drawn.put("w", w);
    }
    drawn.put("offsets", FloatTensor.of(new float[] {random.nextInt(8), random.nextInt(8)}, 2));
    return drawn;
  }

  private Map<String, FloatTensor> python(
      Map<String, FloatTensor> values, Map<String, FloatTensor> step)
      throws IOException, InterruptedException {
    Path programs = folder.resolve("networks.py");
    Files.writeString(programs, TrainingPrograms.of(description, DISCRIMINATOR.channels()));
    Path result = folder.resolve("result.safetensors");
    Process process =
        new ProcessBuilder(
                PYTHON,
                "src/test/resources/io/stablesr/train/gpu_step.py",
                "notebooks/gpu_training",
                programs.toString(),
                written("step", step).toString(),
                written("weights", values).toString(),
                result.toString())
            .inheritIO()
            .start();
    int status = process.waitFor();
    assumeTrue(status != 3, "Needs a " + PYTHON + " with torch and numpy.");
    assertThat(status).isZero();
    Map<String, FloatTensor> read = new HashMap<>();
    try (Checkpoint checkpoint = Checkpoint.open(result)) {
      checkpoint.names().forEach(name -> read.put(name, checkpoint.get(name).toFloats()));
    }
    return read;
  }

  private Path written(String name, Map<String, FloatTensor> tensors) {
    SafetensorsWriter writer = new SafetensorsWriter(Map.of());
    tensors.forEach((key, value) -> writer.add(key, value, ElementType.F32));
    Path file = folder.resolve(name + ".safetensors");
    writer.write(file);
    return file;
  }

  private static FloatTensor uniform(long seed, int... shape) {
    FloatTensor tensor = FloatTensor.zeros(shape);
    Random random = new Random(seed);
    for (int i = 0; i < tensor.size(); i++) {
      tensor.data()[i] = 2 * random.nextFloat() - 1;
    }
    return tensor;
  }
}
