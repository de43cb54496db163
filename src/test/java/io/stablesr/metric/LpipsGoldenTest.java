package io.stablesr.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.stablesr.SharedFolder;
import io.stablesr.checkpoint.Checkpoint;
import io.stablesr.checkpoint.ElementType;
import io.stablesr.checkpoint.SafetensorsWriter;
import io.stablesr.checkpoint.Weights;
import io.stablesr.core.FloatTensor;
import io.stablesr.core.StableSrException;
import io.stablesr.engine.ComputeDevice;
import io.stablesr.engine.TensorEngine;
import io.stablesr.graph.ParameterSpec;
import io.stablesr.image.Borders;
import io.stablesr.network.PerceptualTrunk;
import io.stablesr.parity.SyntheticRules;
import io.stablesr.parity.SyntheticWeights;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Recorded distances of full-size trunks with synthetic weights. */
class LpipsGoldenTest {
  private static TensorEngine engine;
  @TempDir private Path folder;

  @BeforeAll
  static void open() {
    engine = TensorEngine.open(ComputeDevice.CPU, 0);
  }

  @AfterAll
  static void close() {
    engine.close();
  }

  @Test
  void alexMatches() throws IOException {
    requireRecorded(PerceptualTrunk.ALEX, "lpips_alex");
  }

  @Test
  void vggMatches() throws IOException {
    requireRecorded(PerceptualTrunk.VGG16, "lpips_vgg");
  }

  private void requireRecorded(PerceptualTrunk trunk, String name) throws IOException {
    JsonObject figures = TestPictures.figures(name);
    try (Checkpoint weights = weights(trunk);
        Lpips lpips =
            new Lpips(engine, trunk, Weights.of(weights), Weights.of(weights), TrunkInput.LPIPS)) {
      for (String part : List.of("sq", "odd")) {
        JsonObject expected = figures.getAsJsonObject(part);
        String image = expected.get("image").getAsString();
        JsonArray box = expected.getAsJsonArray("crop_y_x_h_w");
        FloatTensor picture = crop(TestPictures.recorded("sr_" + image), box);
        FloatTensor truth = crop(TestPictures.recorded("hr_" + image), box);
        double[] layers = lpips.layers(picture, truth);
        for (int layer = 0; layer < layers.length; layer++) {
          assertThat(layers[layer])
              .as("%s %s layer %d", name, part, layer)
              .isCloseTo(
                  expected.getAsJsonArray("per_layer").get(layer).getAsDouble(),
                  Percentage.withPercentage(0.01));
        }
        assertThat(lpips.score(picture, truth))
            .isCloseTo(expected.get("lpips").getAsDouble(), Percentage.withPercentage(0.01));
        assertThat(lpips.score(truth, truth)).isZero();
      }
    }
  }

  @Test
  void theOfficialHeadsFitTheirTrunks() throws IOException {
    Map<PerceptualTrunk, String> files =
        Map.of(
            PerceptualTrunk.ALEX, "alex",
            PerceptualTrunk.VGG16, "vgg",
            PerceptualTrunk.SQUEEZE, "squeeze");
    for (Map.Entry<PerceptualTrunk, String> file : files.entrySet()) {
      Path heads =
          SharedFolder.path("thirdparty/lpips__weights__v0.1__%s.pth".formatted(file.getValue()));
      try (Checkpoint checkpoint = Checkpoint.open(heads)) {
        for (int layer = 0; layer < file.getKey().channels().size(); layer++) {
          assertThat(checkpoint.get("lin%d.model.1.weight".formatted(layer)).shape())
              .containsExactly(1, file.getKey().channels().get(layer), 1, 1);
        }
      }
    }
  }

  @Test
  void theSqueezeTrunkSeesMoreNoiseAsAGreaterDistance() throws IOException {
    FloatTensor truth = Borders.crop(TestPictures.recorded("hr_Canon_001_LR4"), 0, 0, 131, 150);
    try (Checkpoint weights = weights(PerceptualTrunk.SQUEEZE);
        Lpips lpips =
            new Lpips(
                engine,
                PerceptualTrunk.SQUEEZE,
                Weights.of(weights),
                Weights.of(weights),
                TrunkInput.CAFFE)) {
      assertThat(lpips.layers(truth, truth)).containsOnly(0.0).hasSize(7);
      double before = 0;
      for (float strength : new float[] {0.02f, 0.1f, 0.3f}) {
        FloatTensor noisy = truth.copy();
        java.util.Random random = new java.util.Random(1);
        for (int i = 0; i < noisy.size(); i++) {
          noisy.data()[i] =
              Math.min(Math.max(noisy.data()[i] + strength * (float) random.nextGaussian(), 0), 1);
        }
        double distance = lpips.score(noisy, truth);
        assertThat(distance).isGreaterThan(before);
        before = distance;
      }
    }
  }

  @Test
  void headsOfAnotherTrunkAreRefused() throws IOException {
    try (Checkpoint weights = weights(PerceptualTrunk.ALEX)) {
      assertThatThrownBy(
              () ->
                  new Lpips(
                      engine,
                      PerceptualTrunk.VGG16,
                      Weights.of(weights),
                      Weights.of(weights),
                      TrunkInput.LPIPS))
          .isInstanceOf(StableSrException.class)
          .hasMessage("Weight lin1.model.1.weight has 192 channels; the trunk VGG16 has 128.");
    }
  }

  private Checkpoint weights(PerceptualTrunk trunk) {
    Path file = folder.resolve(trunk + ".safetensors");
    SafetensorsWriter writer = new SafetensorsWriter(Map.of());
    List<ParameterSpec> specs = new ArrayList<>(trunk.graph().parameters().values());
    for (ParameterSpec spec : specs) {
      SyntheticWeights.add(
          writer, spec.key(), spec.lengths(), ElementType.F32, SyntheticRules.LPIPS);
    }
    for (int layer = 0; layer < trunk.channels().size(); layer++) {
      String key = "lin%d.model.1.weight".formatted(layer);
      long[] shape = {1, trunk.channels().get(layer), 1, 1};
      SyntheticWeights.add(writer, key, shape, ElementType.F32, SyntheticRules.LPIPS);
    }
    writer.write(file);
    return Checkpoint.open(file);
  }

  private static FloatTensor crop(FloatTensor picture, JsonArray box) {
    return Borders.crop(
        picture,
        box.get(0).getAsInt(),
        box.get(1).getAsInt(),
        box.get(2).getAsInt(),
        box.get(3).getAsInt());
  }
}
