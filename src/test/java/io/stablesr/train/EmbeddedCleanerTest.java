package io.stablesr.train;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.stablesr.checkpoint.Checkpoint;
import io.stablesr.core.Digests;
import io.stablesr.core.FloatTensor;
import io.stablesr.engine.CompileOptions;
import io.stablesr.engine.ComputeDevice;
import io.stablesr.engine.TensorEngine;
import io.stablesr.engine.TensorScope;
import io.stablesr.engine.TrainableWeights;
import io.stablesr.image.TorchResize;
import io.stablesr.network.SrvggNet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EmbeddedCleanerTest {
  private static final Path MODELS = Path.of("src/main/resources/models");
  private static final Path ENLARGING = MODELS.resolve("stablesr-cleaner");
  private static final Path OWN_SIZE = MODELS.resolve("stablesr-cleaner-x1");
  private static final int LOW = 48;
  private static final int SIDE = 4 * LOW;

  private static Config description(Path folder) {
    return ConfigFactory.parseFile(folder.resolve("model.conf").toFile());
  }

  private static SrvggNet network(Path folder) {
    Config description = description(folder);
    return new SrvggNet(
        description.getInt("channels"),
        description.getInt("convolutions"),
        description.getInt("scale"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"stablesr-cleaner", "stablesr-cleaner-x1"})
  void itsDescriptionIsTrueAndItIsSmall(String name) throws IOException {
    Path folder = MODELS.resolve(name);
    assertThat(description(folder).getString("name")).isEqualTo(name);
    Config entry = description(folder).getConfigList("files").get(0);
    Path file = folder.resolve(entry.getString("name"));
    assertThat(Files.size(file)).isEqualTo(entry.getLong("bytes")).isLessThan(3_000_000);
    assertThat(Digests.sha256(file)).isEqualTo(entry.getString("sha256"));
    try (Checkpoint checkpoint = Checkpoint.open(file)) {
      Map<String, ?> parameters = network(folder).graph(LOW, LOW).parameters();
      assertThat(checkpoint.names()).containsExactlyInAnyOrderElementsOf(parameters.keySet());
    }
  }

  /** Discs of plain colours, averaged over 4 x 4 pixels for the low-quality picture. */
  private static FloatTensor discs(SplittableRandom random) {
    FloatTensor picture = FloatTensor.zeros(1, 3, SIDE, SIDE);
    for (int disc = 0; disc < 12; disc++) {
      double row = random.nextDouble(SIDE);
      double column = random.nextDouble(SIDE);
      double radius = 20 + random.nextDouble(60);
      float[] color = new float[3];
      for (int c = 0; c < 3; c++) {
        color[c] = (float) (1.6 * random.nextDouble() - 0.8);
      }
      for (int i = 0; i < picture.size(); i++) {
        if (Math.hypot(i / SIDE % SIDE - row, i % SIDE - column) < radius) {
          picture.data()[i] = color[i / (SIDE * SIDE)];
        }
      }
    }
    return picture;
  }

  /** The picture averaged over 4 x 4 pixels, with noise of so many levels. */
  private static FloatTensor noisy(FloatTensor truth, SplittableRandom random, double levels) {
    FloatTensor low = FloatTensor.zeros(1, 3, LOW, LOW);
    for (int i = 0; i < truth.size(); i++) {
      int row = i / SIDE % SIDE / 4;
      int column = i % SIDE / 4;
      low.data()[(i / (SIDE * SIDE) * LOW + row) * LOW + column] += (truth.data()[i] + 1) / 32;
    }
    for (int i = 0; i < low.size(); i++) {
      double level = 255 * low.data()[i] + levels * random.nextGaussian();
      low.data()[i] = Math.max(0, Math.min(255, Math.round(level))) / 255f;
    }
    return low;
  }

  private static FloatTensor bicubic(FloatTensor low) {
    FloatTensor large = TorchResize.bicubic(low.reshape(3, LOW, LOW), SIDE, SIDE);
    return signed(large).reshape(1, 3, SIDE, SIDE);
  }

  private static FloatTensor signed(FloatTensor picture) {
    FloatTensor signed = picture.copy();
    for (int i = 0; i < signed.size(); i++) {
      signed.data()[i] = 2 * signed.data()[i] - 1;
    }
    return signed;
  }

  private static CleanerNetworks networks(
      Path folder, TensorEngine engine, TrainableWeights.Replica replica) {
    return new CleanerNetworks(
        network(folder), engine, replica, CompileOptions.EXACT, Critics.PUBLISHED);
  }

  private static Map<String, FloatTensor> values(Path folder) {
    return TrainingState.weights(List.of(folder.resolve("cleaner.safetensors")));
  }

  @Test
  void noiseIsGoneThatBicubicEnlarges() {
    try (TensorEngine engine = TensorEngine.open(ComputeDevice.CPU, 1);
        TrainableWeights weights = engine.trainable(values(ENLARGING));
        TrainableWeights.Replica replica = weights.replica(key -> false);
        CleanerNetworks networks = networks(ENLARGING, engine, replica)) {
      for (int seed = 0; seed < 4; seed++) {
        SplittableRandom random = new SplittableRandom(seed);
        FloatTensor truth = discs(random);
        FloatTensor low = noisy(truth, random, 10);
        try (TensorScope scope = engine.scope()) {
          FloatTensor cleaned = networks.clean(scope, scope.upload(low)).download();
          // Borders count: they are where padding would show.
          assertThat(Figures.psnr(cleaned, truth, 1))
              .isGreaterThan(Figures.psnr(bicubic(low), truth, 1) + 1);
        }
      }
    }
  }

  @Test
  void atItsOwnSizeStrongNoiseIsGoneAndAGoodPictureStays() {
    try (TensorEngine engine = TensorEngine.open(ComputeDevice.CPU, 1);
        TrainableWeights weights = engine.trainable(values(OWN_SIZE));
        TrainableWeights.Replica replica = weights.replica(key -> false);
        CleanerNetworks networks = networks(OWN_SIZE, engine, replica)) {
      for (int seed = 0; seed < 4; seed++) {
        SplittableRandom random = new SplittableRandom(seed);
        FloatTensor picture = discs(random);
        FloatTensor truth = signed(noisy(picture, random, 0));
        // Weaker noise it leaves to the model, which was trained with it.
        FloatTensor low = noisy(picture, random, 25);
        try (TensorScope scope = engine.scope()) {
          FloatTensor cleaned = networks.clean(scope, scope.upload(low)).download();
          assertThat(Figures.psnr(cleaned, truth, 1))
              .isGreaterThan(Figures.psnr(signed(low), truth, 1) + 3);
          FloatTensor kept =
              networks.clean(scope, scope.upload(noisy(picture, random, 0))).download();
          assertThat(Figures.psnr(kept, truth, 1)).isGreaterThan(Figures.psnr(cleaned, truth, 1));
        }
      }
    }
  }
}
