package io.stablesr.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stablesr.checkpoint.Checkpoint;
import io.stablesr.core.FloatTensor;
import io.stablesr.diffusion.NoiseSchedule;
import io.stablesr.diffusion.Parameterization;
import io.stablesr.engine.Adam;
import io.stablesr.engine.CompileOptions;
import io.stablesr.engine.ComputeDevice;
import io.stablesr.engine.TensorEngine;
import io.stablesr.engine.TrainableWeights;
import io.stablesr.graph.Graph;
import io.stablesr.metric.TrunkInput;
import io.stablesr.network.Architecture;
import io.stablesr.network.AutoencoderConfig;
import io.stablesr.network.AutoencoderConfig.MiddleAttention;
import io.stablesr.network.ConditionEncoderConfig;
import io.stablesr.network.Graphs;
import io.stablesr.network.Graphs.Extent;
import io.stablesr.network.PatchDiscriminator;
import io.stablesr.network.PerceptualTrunk;
import io.stablesr.network.UnetConfig;
import io.stablesr.restore.ModelDescription.Posterior;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainingLoopTest {
  private static final Architecture ARCHITECTURE =
      new Architecture(
          new UnetConfig(4, 8, List.of(1, 2), 1, List.of(2), 8, 8, 8, 8, 4, 2),
          new ConditionEncoderConfig(4, 8, 8, List.of(1, 2), 1, List.of(2), 2, 4),
          new AutoencoderConfig(8, List.of(1, 2, 2), 1, 4, MiddleAttention.NONE, 4, 1, 8),
          Optional.empty());
  private static final RestorerModel MODEL =
      new RestorerModel(
          ARCHITECTURE,
          new Parameterization.LrResidual(0.2),
          0.9,
          NoiseSchedule.stableDiffusion(),
          random(new SplittableRandom(3), 1, 2, 8),
          3,
          Graphs.CFW_SCOPE,
          Posterior.MODE);
  private static final List<String> DECODER = List.of("decoder.", "model.diffusion_model.");

  @TempDir private Path folder;

  private static FloatTensor random(SplittableRandom random, int... shape) {
    FloatTensor tensor = FloatTensor.zeros(shape);
    for (int i = 0; i < tensor.size(); i++) {
      tensor.data()[i] = (float) (0.2 * random.nextGaussian());
    }
    return tensor;
  }

  private static Map<String, FloatTensor> weights() {
    Graphs graphs = new Graphs(ARCHITECTURE);
    Map<String, FloatTensor> values = new LinkedHashMap<>();
    SplittableRandom random = new SplittableRandom(4);
    for (Graph graph :
        List.of(
            graphs.encoder(Extent.TILE, Graphs.CFW_SCOPE),
            graphs.fusingDecoder(Extent.TILE),
            graphs.denoiser(Extent.TILE),
            CRITICS.discriminator().graph(32),
            PerceptualTrunk.SQUEEZE.graph())) {
      graph
          .parameters()
          .forEach(
              (key, spec) -> values.computeIfAbsent(key, unused -> random(random, spec.dims())));
    }
    return values;
  }

  private static PatchBatch pictures(SplittableRandom random, int count, int side) {
    return new PatchBatch(
        random(random, count, 3, side, side),
        random(random, count, 3, side, side),
        random(random, count, 3, side, side));
  }

  private static final Clock CLOCK =
      Clock.fixed(Instant.ofEpochMilli(1_700_000_000_500L), ZoneOffset.UTC);

  private static final PictureWeights PLAIN = new PictureWeights(0.5, 0, 1, 0, 1, 1, 1);
  private static final Critics CRITICS =
      new Critics(
          new PatchDiscriminator(4, 1, PatchDiscriminator.Normalization.NONE),
          TrunkInput.LPIPS,
          Critics.EVEN);

  private static Objective<RestorerNetworks> objective(PictureWeights parts) {
    PictureSource source =
        (random, count, side) -> pictures((SplittableRandom) random, count, side);
    return new PictureObjective(
        source,
        1,
        32,
        parts,
        0.9,
        0.3,
        0.5,
        0.5,
        0.5,
        key -> DECODER.stream().anyMatch(key::startsWith));
  }

  private void train(Path run, long steps, BooleanSupplier stopped) throws IOException {
    train(run, steps, stopped, PLAIN);
  }

  private void train(Path run, long steps, BooleanSupplier stopped, PictureWeights parts)
      throws IOException {
    OptimizerOptions optimizer =
        new OptimizerOptions(
            Adam.Kind.ADAMW, new LearningRate(1e-3, 2, 10, 0.1), 0.9, 0.99, 0.01, 1e-8, 1, 0.9);
    LoopOptions options = new LoopOptions(run, "test", steps, 2, 9, 3600, 1, 1000);
    try (TensorEngine engine = TensorEngine.open(ComputeDevice.CPU, 1);
        TrainableWeights weights = engine.trainable(weights())) {
      new TrainingLoop<>(
              options,
              optimizer,
              objective(parts),
              (step, adam) -> Map.of(),
              new PrintWriter(new StringWriter()),
              stopped,
              CLOCK)
          .run(
              engine,
              weights,
              replica ->
                  new RestorerNetworks(MODEL, engine, replica, CompileOptions.EXACT, 2, CRITICS));
    }
  }

  private static List<String> curve(Path run) throws IOException {
    return Files.readAllLines(run.resolve("curve.csv"));
  }

  @Test
  void aRunThatWasStoppedGoesOnAsIfItHadNotBeen() throws IOException {
    Path whole = folder.resolve("whole");
    train(whole, 5, () -> false);
    Path parts = folder.resolve("parts");
    AtomicInteger asked = new AtomicInteger();
    train(parts, 5, () -> asked.incrementAndGet() > 2);
    try (Checkpoint half = Checkpoint.open(parts.resolve(TrainingLoop.STATE))) {
      assertThat(half.metadata()).containsEntry("step", "2");
    }
    train(parts, 5, () -> false);
    assertThat(curve(parts)).isEqualTo(curve(whole)).hasSizeGreaterThan(15);
    try (Checkpoint a = Checkpoint.open(whole.resolve(TrainingLoop.STATE));
        Checkpoint b = Checkpoint.open(parts.resolve(TrainingLoop.STATE))) {
      assertThat(b.names()).isEqualTo(a.names());
      for (String name : a.names()) {
        assertThat(b.get(name).toFloats().data()).as(name).isEqualTo(a.get(name).toFloats().data());
      }
    }
  }

  @Test
  void onlyTrainedWeightsChangeAndTheirAveragesAreHandedOn() throws IOException {
    train(folder, 2, () -> false);
    Map<String, FloatTensor> before = weights();
    Path state = folder.resolve(TrainingLoop.STATE);
    try (Checkpoint after = Checkpoint.open(state)) {
      Map<String, FloatTensor> next = TrainingState.weights(List.of(state));
      assertThat(next.keySet()).isEqualTo(before.keySet());
      for (String key : before.keySet()) {
        boolean trained = DECODER.stream().anyMatch(key::startsWith);
        float[] now = after.get("weight/" + key).toFloats().data();
        if (trained) {
          assertThat(next.get(key).data()).isEqualTo(after.get("average/" + key).toFloats().data());
        } else {
          assertThat(now).as(key).isEqualTo(before.get(key).data());
          assertThat(after.names()).doesNotContain("first/" + key);
        }
      }
      assertThat(after.get("weight/decoder.conv_out.weight").toFloats().data())
          .isNotEqualTo(before.get("decoder.conv_out.weight").data());
    }
  }

  private static Map<String, FloatTensor> weightsAfter(Path run) {
    Map<String, FloatTensor> after = new LinkedHashMap<>();
    try (Checkpoint state = Checkpoint.open(run.resolve(TrainingLoop.STATE))) {
      weights().keySet().forEach(key -> after.put(key, state.get("weight/" + key).toFloats()));
    }
    return after;
  }

  @Test
  void aDiscriminatorLearnsBesideThePictureAndTheTrunkDoesNot() throws IOException {
    train(folder, 6, () -> false, new PictureWeights(0.5, 0.1, 0.5, 0.1, 0.5, 4, 2));
    Map<String, FloatTensor> before = weights();
    Map<String, FloatTensor> after = weightsAfter(folder);
    for (String key : before.keySet()) {
      boolean trained =
          key.startsWith("loss.discriminator.") || DECODER.stream().anyMatch(key::startsWith);
      if (!trained) {
        assertThat(after.get(key).data()).as(key).isEqualTo(before.get(key).data());
      }
    }
    for (String key : List.of("loss.discriminator.main.0.weight", "decoder.conv_out.weight")) {
      assertThat(after.get(key).data()).isNotEqualTo(before.get(key).data());
    }
    List<String> curve = curve(folder);
    assertThat(curve).anyMatch(line -> line.matches("[123],discriminator,.*"));
    assertThat(curve).noneMatch(line -> line.matches("[123],judgement,.*"));
    assertThat(curve).anyMatch(line -> line.matches("[456],judgement,.*"));
    assertThat(curve).anyMatch(line -> line.matches("[123],perceptual,.*"));
  }

  @Test
  void aDiscriminatorThatDoesNotCountYetChangesNothingElse() throws IOException {
    train(folder.resolve("plain"), 3, () -> false);
    train(folder.resolve("judged"), 3, () -> false, new PictureWeights(0.5, 0, 1, 0.1, 1, 100, 1));
    Map<String, FloatTensor> plain = weightsAfter(folder.resolve("plain"));
    weightsAfter(folder.resolve("judged"))
        .forEach(
            (key, value) -> {
              if (!key.startsWith("loss.discriminator.")) {
                assertThat(value.data()).as(key).isEqualTo(plain.get(key).data());
              }
            });
  }

  @Test
  void aStoppedAdversarialRunGoesOnAsIfItHadNotBeen() throws IOException {
    PictureWeights parts = new PictureWeights(0.5, 0, 1, 0.1, 0.5, 1, 3);
    train(folder.resolve("whole"), 4, () -> false, parts);
    AtomicInteger asked = new AtomicInteger();
    train(folder.resolve("parts"), 4, () -> asked.incrementAndGet() > 2, parts);
    train(folder.resolve("parts"), 4, () -> false, parts);
    assertThat(curve(folder.resolve("parts"))).isEqualTo(curve(folder.resolve("whole")));
  }

  @Test
  void weightsOfALossAreChecked() {
    assertThatThrownBy(() -> new PictureWeights(0.5, -1, 1, 0, 1, 1, 1))
        .hasMessage("perceptual-weight is -1.0; it must be 0 or more.");
    assertThatThrownBy(() -> new PictureWeights(0.5, 0, 1.5, 0, 1, 1, 1))
        .hasMessage("perceptual-teacher-share is 1.5; it must be 0..1.");
    assertThatThrownBy(() -> new PictureWeights(0.5, 0, 1, 0.1, -0.5, 1, 1))
        .hasMessage("adversarial-teacher-share is -0.5; it must be 0..1.");
  }

  @Test
  void aStateOfAnotherStageIsRefused() throws IOException {
    train(folder, 1, () -> false);
    try (TensorEngine engine = TensorEngine.open(ComputeDevice.CPU, 1);
        TrainableWeights weights = engine.trainable(weights());
        TrainableWeights.Replica replica = weights.replica(key -> true);
        Adam adam = engine.adam(weights, List.of(replica), key -> true)) {
      Path state = folder.resolve(TrainingLoop.STATE);
      assertThatThrownBy(() -> TrainingState.read(state, "other", weights, List.of(adam)))
          .hasMessage(
              state + " is not a state of stage other; move it away or choose another run folder.");
    }
  }
}
