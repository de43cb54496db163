package io.stablesr.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.ConfigFactory;
import io.stablesr.checkpoint.Checkpoint;
import io.stablesr.checkpoint.ElementType;
import io.stablesr.checkpoint.SafetensorsWriter;
import io.stablesr.core.Digests;
import io.stablesr.core.FloatTensor;
import io.stablesr.network.PerceptualTrunk;
import io.stablesr.network.SrvggNet;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The stages of the cleaner on tiny networks and patches. */
class CleanerTest {
  private static final int SIDE = 64;
  private static final String LAST = "body.6.weight";

  @TempDir private Path folder;

  /** Good pictures of squares; the low-quality ones are every fourth of their pixels. */
  @BeforeEach
  void writePatches() throws IOException {
    Files.createDirectories(folder.resolve("patches"));
    SplittableRandom random = new SplittableRandom(1);
    int low = SIDE / Patch.SCALE;
    for (int n = 0; n < 3; n++) {
      byte[] small = new byte[3 * low * low];
      random.nextBytes(small);
      byte[] large = new byte[3 * SIDE * SIDE];
      for (int i = 0; i < large.length; i++) {
        int row = i / SIDE % SIDE / Patch.SCALE;
        int column = i % SIDE / Patch.SCALE;
        large[i] = small[(i / (SIDE * SIDE) * low + row) * low + column];
      }
      byte[] negative = new byte[large.length];
      for (int i = 0; i < large.length; i++) {
        negative[i] = (byte) (255 - (large[i] & 0xFF));
      }
      new Patch(SIDE, large, small, negative)
          .write(folder.resolve("patches/%06d.safetensors".formatted(n)), Map.of());
    }
  }

  private Path trunk() {
    SafetensorsWriter writer = new SafetensorsWriter(Map.of());
    SplittableRandom random = new SplittableRandom(2);
    PerceptualTrunk.SQUEEZE
        .graph()
        .parameters()
        .forEach((key, spec) -> writer.add(key, positive(random, spec.shape()), ElementType.F32));
    List<Integer> channels = PerceptualTrunk.SQUEEZE.channels();
    for (int layer = 0; layer < channels.size(); layer++) {
      writer.add(
          "lin%d.model.1.weight".formatted(layer),
          positive(random, List.of(1, channels.get(layer), 1, 1)),
          ElementType.F32);
    }
    Path file = folder.resolve("trunk.safetensors");
    writer.write(file);
    return file;
  }

  private static FloatTensor positive(SplittableRandom random, List<Integer> shape) {
    FloatTensor tensor = FloatTensor.zeros(shape.stream().mapToInt(Integer::intValue).toArray());
    for (int i = 0; i < tensor.size(); i++) {
      tensor.data()[i] = (float) (0.1 * Math.abs(random.nextGaussian()));
    }
    return tensor;
  }

  private void run(String name, BooleanSupplier stopped, String... lines) throws IOException {
    String text =
        """
        c {
          kind = cleaner, patches = "%s/patches", folder = "%s/%s"
          channels = 8, convolutions = 2, side = 32, count = 2, steps = 5, curve-steps = 1
          optimizer { kind = adam, learning-rate = 5e-3, beta2 = 0.99, average-memory = 0.9 }
        }
        """
            .formatted(folder, folder, name);
    runText(text + String.join("\n", lines), stopped);
  }

  private static void runText(String text, BooleanSupplier stopped) throws IOException {
    new TrainingRun(
            ConfigFactory.parseString(text).resolve(), new PrintWriter(new StringWriter()), stopped)
        .run("c");
  }

  private List<String> curve(String name) throws IOException {
    return Files.readAllLines(folder.resolve(name).resolve("curve.csv"));
  }

  private double value(String run, int step, String name) throws IOException {
    String start = step + "," + name + ",";
    return curve(run).stream()
        .filter(line -> line.startsWith(start))
        .mapToDouble(line -> Double.parseDouble(line.substring(start.length())))
        .findFirst()
        .orElseThrow();
  }

  private FloatTensor stored(String run, String name) {
    try (Checkpoint state = Checkpoint.open(folder.resolve(run).resolve(TrainingLoop.STATE))) {
      return state.get(name).toFloats();
    }
  }

  @Test
  void piecesOfTheThreePicturesBelongTogether() {
    PatchSet patches = PatchSet.of(folder.resolve("patches"));
    for (int seed = 0; seed < 20; seed++) {
      CleanerBatch batch =
          CleanerBatch.draw(CleanerExamples.toClean(patches), new SplittableRandom(seed), 2, 32);
      assertThat(batch.lowQuality().shape()).containsExactly(2, 3, 8, 8);
      for (int i = 0; i < batch.groundTruth().size(); i++) {
        int row = i / 32 % 32 / 4;
        int column = i % 32 / 4;
        float low = batch.lowQuality().data()[(i / (32 * 32) * 8 + row) * 8 + column];
        assertThat(batch.groundTruth().data()[i]).isCloseTo(2 * low - 1, within());
        assertThat(batch.teacher().data()[i]).isCloseTo(1 - 2 * low, within());
      }
    }
  }

  private static org.assertj.core.data.Offset<Float> within() {
    return org.assertj.core.data.Offset.offset(1e-5f);
  }

  @Test
  void theStartIsNearlyTheRepeatedInputAndLearningBringsItToTheTarget() throws IOException {
    run("truth", () -> false, "c { steps = 60, teacher-share = 0 }");
    run("teacher", () -> false, "c { steps = 60, teacher-share = 1 }");
    // The truth is the repeated input itself, the teacher's picture its negative.
    assertThat(value("truth", 1, "loss")).isLessThan(0.15);
    assertThat(value("teacher", 1, "loss")).isGreaterThan(0.8);
    assertThat(value("truth", 60, "loss")).isLessThan(0.7 * value("truth", 1, "loss"));
    assertThat(value("teacher", 60, "loss")).isLessThan(0.8 * value("teacher", 1, "loss"));
  }

  @Test
  void aStoppedRunGoesOnAsIfItHadNotBeen() throws IOException {
    run("whole", () -> false);
    AtomicInteger asked = new AtomicInteger();
    run("parts", () -> asked.incrementAndGet() > 2);
    assertThat(curve("parts")).anyMatch(line -> line.startsWith("2,loss"));
    assertThat(curve("parts")).noneMatch(line -> line.startsWith("3,loss"));
    run("parts", () -> false);
    for (String key : List.of("weight/" + LAST, "first/body.0.bias", "average/body.1.weight")) {
      assertThat(stored("parts", key).data()).isEqualTo(stored("whole", key).data());
    }
  }

  @Test
  void judgesCountAndOnlyTheDiscriminatorLearns() throws IOException {
    Path trunk = trunk();
    run(
        "judged",
        () -> false,
        "c { side = 64, init = [\"%s\"], validation = ${c.patches}, validation-steps = 5"
            .formatted(trunk),
        "perceptual-weight = 0.5, perceptual-heads = lpips, adversarial-weight = 0.1",
        "adversarial-start = 3, discriminator { channels = 4, layers = 1 } }");
    assertThat(curve("judged")).anyMatch(line -> line.startsWith("1,perceptual,"));
    assertThat(curve("judged")).anyMatch(line -> line.startsWith("1,discriminator,"));
    assertThat(curve("judged")).noneMatch(line -> line.matches("[12],judgement,.*"));
    assertThat(curve("judged")).anyMatch(line -> line.startsWith("3,judgement,"));
    try (Checkpoint before = Checkpoint.open(trunk)) {
      for (String key : before.names()) {
        assertThat(stored("judged", "weight/" + key).data())
            .as(key)
            .isEqualTo(before.get(key).toFloats().data());
      }
    }
    assertThat(stored("judged", "weight/" + LAST).data())
        .isNotEqualTo(CleanerStart.weights(new SrvggNet(8, 2, 4), 1).get(LAST).data());
    // The teacher's pictures are negatives: far from the truth by either measure.
    for (int step : new int[] {0, 5}) {
      assertThat(value("judged", step, "lpips-cleaner"))
          .isPositive()
          .isLessThan(value("judged", step, "lpips-teacher"));
      assertThat(value("judged", step, "psnr-cleaner"))
          .isGreaterThan(value("judged", step, "psnr-teacher"));
    }
    assertThat(folder.resolve("judged/sheet-000005.png")).isNotEmptyFile();
  }

  @Test
  void aCleanerOfScaleOneLearnsTheReducedPicture() throws IOException {
    run(
        "one",
        () -> false,
        "c { scale = 1, steps = 120, validation-steps = 120, teacher-share = 1, validation = \"%s/patches\" }"
            .formatted(folder));
    assertThat(value("one", 120, "loss")).isLessThan(value("one", 1, "loss") / 2);
    // What it starts from is the input, which is the truth; what it learns is the truth's negative.
    assertThat(value("one", 120, "like-cleaner"))
        .isGreaterThan(value("one", 120, "like-bicubic") + 3);
    assertThat(stored("one", "weight/" + LAST).shape()).containsExactly(3, 8, 3, 3);
    assertThat(folder.resolve("one/sheet-000120.png")).isNotEmptyFile();

    PatchSet patches = PatchSet.of(folder.resolve("patches"));
    CleanerBatch batch = CleanerBatch.whole(patches.get(0)).forScale(1);
    assertThat(batch.teacher().shape()).containsExactly(1, 3, 16, 16);
    // The negative of a picture stays that when it is reduced.
    for (int i = 0; i < batch.teacher().size(); i++) {
      assertThat(batch.teacher().data()[i]).isCloseTo(-batch.groundTruth().data()[i], within());
    }
    runText(
        "c { kind = cleaner-export, init = [\"%s\"], folder = \"%s/x1\", channels = 8, convolutions = 2, scale = 1 }"
            .formatted(folder.resolve("one/state.safetensors"), folder),
        () -> false);
    assertThat(Files.readString(folder.resolve("x1/model.conf"))).contains("scale = 1\n");
    assertThatThrownBy(
            () ->
                runText(
                    "c { kind = cleaner-export, init = [\"%s\"], folder = \"%s/x4\", channels = 8, convolutions = 2 }"
                        .formatted(folder.resolve("one/state.safetensors"), folder),
                    () -> false))
        .hasMessage(
            "The files of init have no tensor 'body.6.weight' of shape [48, 8, 3, 3]; channels, convolutions and scale must be those of the training.");
  }

  @Test
  void keptPatchesAreTheirOwnTarget() throws IOException {
    PatchSet patches = PatchSet.of(folder.resolve("patches"));
    CleanerExamples half = new CleanerExamples(patches, Optional.of(patches), 0.5);
    int kept = 0;
    for (int seed = 0; seed < 20; seed++) {
      CleanerBatch batch = CleanerBatch.draw(half, new SplittableRandom(seed), 4, 32).forScale(1);
      kept += batch.kept().cardinality();
      int size = batch.lowQuality().size() / 4;
      for (int i = 0; i < batch.teacher().size(); i++) {
        float input = 2 * batch.lowQuality().data()[i] - 1;
        if (batch.kept().get(i / size)) {
          assertThat(batch.teacher().data()[i]).isCloseTo(input, within());
          assertThat(batch.groundTruth().data()[i]).isCloseTo(input, within());
        }
        // Cleaned ones go towards the negative, as far as the bicubic reduction lets it be seen.
        else if (Math.abs(input) > 0.9) {
          assertThat(batch.teacher().data()[i] * input).isNegative();
        }
      }
    }
    assertThat(kept).isBetween(25, 55);

    // The teacher's pictures are negatives, so only what is kept holds the network at its input.
    String share = "c { scale = 1, steps = 120, teacher-share = 1, %s }";
    run("all-kept", () -> false, share.formatted("kept = ${c.patches}, kept-share = 1"));
    run("none-kept", () -> false, share.formatted("kept-share = 0"));
    assertThat(value("all-kept", 120, "loss")).isLessThan(value("all-kept", 1, "loss"));
    assertThat(value("all-kept", 1, "loss")).isLessThan(value("none-kept", 1, "loss") / 3);
  }

  @Test
  void anExportedCleanerHoldsTheAveragedWeightsUnderThePublishedNames() throws IOException {
    run("run", () -> false);
    String state = folder.resolve("run/state.safetensors").toString();
    String export =
        "c { kind = cleaner-export, init = [\"%s\"], folder = \"%s/out\", channels = 8, convolutions = %d }";
    runText(export.formatted(state, folder, 2), () -> false);
    Path file = folder.resolve("out/cleaner.safetensors");
    try (Checkpoint exported = Checkpoint.open(file)) {
      assertThat(exported.names())
          .containsExactlyInAnyOrder(
              "body.0.weight",
              "body.0.bias",
              "body.1.weight",
              "body.2.weight",
              "body.2.bias",
              "body.3.weight",
              "body.4.weight",
              "body.4.bias",
              "body.5.weight",
              LAST,
              "body.6.bias");
      assertThat(exported.get(LAST).type()).isEqualTo(ElementType.F16);
      float[] average = stored("run", "average/" + LAST).data();
      float[] ours = exported.get(LAST).toFloats().data();
      for (int i = 0; i < ours.length; i++) {
        assertThat(ours[i]).isCloseTo(average[i], org.assertj.core.data.Offset.offset(1e-4f));
      }
    }
    assertThat(Files.readString(folder.resolve("out/model.conf")))
        .contains("sha256 = \"" + Digests.sha256(file) + "\"")
        .contains("bytes = " + Files.size(file))
        .contains("channels = 8\nconvolutions = 2");
    assertThatThrownBy(() -> runText(export.formatted(state, folder, 3), () -> false))
        .hasMessageStartingWith("The files of init have no tensor 'body.6.weight' of shape");
  }

  @Test
  void mistakesAreNamed() {
    assertThatThrownBy(() -> run("x", () -> false, "c.perceptual-weight = 1"))
        .hasMessageStartingWith("The files of c.init have no tensor 'features.0.weight';");
    assertThatThrownBy(() -> run("x", () -> false, "c.scale = 2"))
        .hasMessage("c.scale is 2; it must be 1 or 4, as patches are.");
    assertThatThrownBy(() -> run("x", () -> false, "c.kept-share = 0.5, c.kept = ${c.patches}"))
        .hasMessage(
            "c.kept-share is 0.5, but only a cleaner of scale 1 can leave a picture as it is; its scale is 4.");
    assertThatThrownBy(() -> run("x", () -> false, "c.kept-share = 0.5, c.scale = 1"))
        .hasMessage("c.kept-share is 0.5 and there is no folder c.kept; give both or neither.");
    assertThatThrownBy(() -> run("x", () -> false, "c.kept = ${c.patches}, c.scale = 1"))
        .hasMessage("c.kept-share is 0.0 and there is a folder c.kept; give both or neither.");
    assertThatThrownBy(
            () ->
                run(
                    "x",
                    () -> false,
                    "c { kept = ${c.patches}, kept-share = 0.5, scale = 1, adversarial-weight = 0.1 }"))
        .hasMessageStartingWith("c.kept-share is 0.5 with an adversarial-weight of 0.1; ");
    assertThatThrownBy(() -> run("x", () -> false, "c.kept-share = 2, c.scale = 1"))
        .hasMessage("c.kept-share is 2.0; it must be in 0..1.");
    assertThatThrownBy(() -> run("x", () -> false, "c.side = 30"))
        .hasMessage("side is 30; it must be a multiple of 4 up to the patches' 64.");
    assertThatThrownBy(() -> run("x", () -> false, "c.side = 128"))
        .hasMessage("side is 128; it must be a multiple of 4 up to the patches' 64.");
  }
}
