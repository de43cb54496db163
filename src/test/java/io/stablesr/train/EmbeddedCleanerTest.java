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

class EmbeddedCleanerTest {
  private static final Path FOLDER = Path.of("src/main/resources/models/stablesr-cleaner");
  private static final int LOW = 48;
  private static final int SIDE = 4 * LOW;

  private static Config description() {
    return ConfigFactory.parseFile(FOLDER.resolve("model.conf").toFile());
  }

  private static SrvggNet network() {
    return new SrvggNet(
        description().getInt("channels"),
        description().getInt("convolutions"),
        description().getInt("scale"));
  }

  @Test
  void itsDescriptionIsTrueAndItIsSmall() throws IOException {
    Config entry = description().getConfigList("files").get(0);
    Path file = FOLDER.resolve(entry.getString("name"));
    assertThat(Files.size(file)).isEqualTo(entry.getLong("bytes")).isLessThan(3_000_000);
    assertThat(Digests.sha256(file)).isEqualTo(entry.getString("sha256"));
    try (Checkpoint checkpoint = Checkpoint.open(file)) {
      Map<String, ?> parameters = network().graph(LOW, LOW).parameters();
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

  private static FloatTensor noisy(FloatTensor truth, SplittableRandom random) {
    FloatTensor low = FloatTensor.zeros(1, 3, LOW, LOW);
    for (int i = 0; i < truth.size(); i++) {
      int row = i / SIDE % SIDE / 4;
      int column = i % SIDE / 4;
      low.data()[(i / (SIDE * SIDE) * LOW + row) * LOW + column] += (truth.data()[i] + 1) / 32;
    }
    for (int i = 0; i < low.size(); i++) {
      double level = 255 * low.data()[i] + 10 * random.nextGaussian();
      low.data()[i] = Math.max(0, Math.min(255, Math.round(level))) / 255f;
    }
    return low;
  }

  private static FloatTensor bicubic(FloatTensor low) {
    FloatTensor large = TorchResize.bicubic(low.reshape(3, LOW, LOW), SIDE, SIDE);
    for (int i = 0; i < large.size(); i++) {
      large.data()[i] = 2 * large.data()[i] - 1;
    }
    return large.reshape(1, 3, SIDE, SIDE);
  }

  @Test
  void noiseIsGoneThatBicubicEnlarges() {
    Map<String, FloatTensor> values =
        TrainingState.weights(List.of(FOLDER.resolve("cleaner.safetensors")));
    try (TensorEngine engine = TensorEngine.open(ComputeDevice.CPU, 1);
        TrainableWeights weights = engine.trainable(values);
        TrainableWeights.Replica replica = weights.replica(key -> false);
        CleanerNetworks networks =
            new CleanerNetworks(
                network(), engine, replica, CompileOptions.EXACT, Critics.PUBLISHED)) {
      for (int seed = 0; seed < 4; seed++) {
        SplittableRandom random = new SplittableRandom(seed);
        FloatTensor truth = discs(random);
        FloatTensor low = noisy(truth, random);
        try (TensorScope scope = engine.scope()) {
          FloatTensor cleaned = networks.clean(scope, scope.upload(low)).download();
          // Borders count: they are where padding would show.
          assertThat(Figures.psnr(cleaned, truth, 1))
              .isGreaterThan(Figures.psnr(bicubic(low), truth, 1) + 1);
        }
      }
    }
  }
}
