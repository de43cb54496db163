package io.stablesr.metric;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.stablesr.SharedFolder;
import io.stablesr.checkpoint.Checkpoint;
import io.stablesr.checkpoint.ElementType;
import io.stablesr.checkpoint.SafetensorsWriter;
import io.stablesr.checkpoint.Weights;
import io.stablesr.core.FloatTensor;
import io.stablesr.engine.ComputeDevice;
import io.stablesr.engine.TensorEngine;
import io.stablesr.image.Borders;
import io.stablesr.parity.SyntheticRules;
import io.stablesr.parity.SyntheticWeights;
import io.stablesr.testing.Goldens;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Recorded values of full-size networks with synthetic weights; relative tolerance 1e-4. */
class NetworkGoldenTest {
  private static final double RELATIVE = 1e-4;
  private static final List<String> NAMES =
      List.of("Canon_001_LR4", "Canon_025_LR4", "Nikon_001_LR4", "Nikon_030_LR4");

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
  void distsMatches() throws IOException {
    JsonObject figures = TestPictures.figures("dists");
    Goldens goldens = Goldens.ofOperators("dists");
    SafetensorsWriter writer = new SafetensorsWriter(Map.of());
    int[][] convolutions = {
      {0, 64, 3},
      {2, 64, 64},
      {5, 128, 64},
      {7, 128, 128},
      {10, 256, 128},
      {12, 256, 256},
      {14, 256, 256},
      {17, 512, 256},
      {19, 512, 512},
      {21, 512, 512},
      {24, 512, 512},
      {26, 512, 512},
      {28, 512, 512}
    };
    for (int[] conv : convolutions) {
      String key = "features." + conv[0];
      add(writer, key + ".weight", SyntheticRules.DISTS, conv[1], conv[2], 3, 3);
      add(writer, key + ".bias", SyntheticRules.DISTS, conv[1]);
    }
    add(writer, "alpha", SyntheticRules.DISTS, 1, 1475, 1, 1);
    add(writer, "beta", SyntheticRules.DISTS, 1, 1475, 1, 1);
    try (Checkpoint file = write(writer);
        Dists dists = new Dists(engine, Weights.of(file), Weights.of(file))) {
      for (String part : List.of("sq", "odd")) {
        JsonObject expected = figures.getAsJsonObject(part);
        String image = expected.get("image").getAsString();
        FloatTensor picture = crop("sr_" + image, expected);
        FloatTensor truth = crop("hr_" + image, expected);
        List<FloatTensor> stages = dists.stages(picture);
        for (int stage = 1; stage <= 5; stage++) {
          String name = "feat" + stage;
          requireSampled(
              goldens.tensor("%s.sr_%s_sub".formatted(part, name)),
              stages.get(stage).data(),
              expected.getAsJsonObject(name).get("absmax").getAsDouble(),
              part + " " + name);
        }
        requireClose(dists.score(picture, truth), expected.get("dists").getAsDouble(), part);
        assertThat(dists.score(truth, truth)).isEqualTo(0, Offset.offset(1e-12));
      }
    }
  }

  @Test
  void musiqMatches() throws IOException {
    JsonObject figures = TestPictures.figures("musiq");
    try (Checkpoint file = weights("musiq", SyntheticRules.MUSIQ);
        Musiq musiq = new Musiq(engine, Weights.of(file))) {
      for (String part : List.of("full512", "odd")) {
        JsonObject expected = figures.getAsJsonObject(part);
        FloatTensor picture = crop(expected.get("image").getAsString(), expected);
        requirePatches(part, expected, MusiqPatches.of(picture));
        requireClose(musiq.score(picture), expected.get("score").getAsDouble(), part);
      }
    }
  }

  /** Recorded tokens that only fill the smaller sizes up have mask 0. */
  private static void requirePatches(String part, JsonObject expected, MusiqPatches patches) {
    Goldens goldens = Goldens.ofOperators("musiq");
    float[] mask = goldens.tensor(part + ".mask").data();
    float[] places = goldens.tensor(part + ".hash_pos").data();
    float[] scales = goldens.tensor(part + ".scale_id").data();
    float[] means = goldens.tensor(part + ".token_mean").data();
    JsonArray picked = expected.getAsJsonArray("picked_tokens");
    FloatTensor values = goldens.tensor(part + ".picked_tokens_c_y_x");
    float[] pixels = patches.pixels().data();
    int size = values.dim(1);
    int own = 0;
    for (int token = 0; token < mask.length; token++) {
      if (mask[token] == 0) {
        continue;
      }
      assertThat((double) patches.places()[own]).as("place %d", token).isEqualTo(places[token]);
      assertThat((double) patches.scales()[own]).as("scale %d", token).isEqualTo(scales[token]);
      double sum = 0;
      for (int i = 0; i < size; i++) {
        sum += pixels[own * size + i];
      }
      assertThat(sum / size).as("mean %d", token).isEqualTo(means[token], Offset.offset(1e-5));
      for (int i = 0; i < picked.size(); i++) {
        if (picked.get(i).getAsInt() == token) {
          for (int k = 0; k < size; k++) {
            assertThat(pixels[own * size + k])
                .as("token %d value %d", token, k)
                .isEqualTo(values.data()[i * size + k], Offset.offset(1e-5f));
          }
        }
      }
      own++;
    }
    assertThat(own).isEqualTo(patches.count());
  }

  @Test
  void clipIqaMatches() throws IOException {
    JsonObject figures = TestPictures.figures("clipiqa");
    Goldens goldens = Goldens.ofOperators("clipiqa");
    try (Checkpoint file = weights("clip_rn50", SyntheticRules.CLIP_IQA)) {
      List<float[]> texts = ClipTexts.features(engine, Weights.of(file), ClipIqa.FIVE_PAIRS);
      FloatTensor recorded = goldens.tensor("text.features");
      for (int i = 0; i < texts.size(); i++) {
        for (int k = 0; k < texts.get(i).length; k++) {
          assertThat(texts.get(i)[k])
              .as("text %d feature %d", i, k)
              .isEqualTo(
                  recorded.data()[i * recorded.dim(1) + k],
                  Offset.offset((float) (2.7 * RELATIVE)));
        }
      }
      try (ClipIqa metric = new ClipIqa(engine, Weights.of(file), ClipIqa.FIVE_PAIRS)) {
        for (String part : List.of("full512", "odd")) {
          JsonObject expected = figures.getAsJsonObject(part);
          FloatTensor picture = crop(expected.get("image").getAsString(), expected);
          float[] features = metric.features(picture);
          float[] wanted = goldens.tensor(part + ".image_features").data();
          for (int k = 0; k < wanted.length; k++) {
            assertThat(features[k])
                .as("%s feature %d", part, k)
                .isEqualTo(wanted[k], Offset.offset((float) (144 * 5 * RELATIVE)));
          }
          requireClose(metric.score(picture), expected.get("score").getAsDouble(), part);
        }
      }
    }
  }

  @Test
  void frechetFeaturesMatch() throws IOException {
    JsonObject figures = TestPictures.figures("fid");
    Goldens goldens = Goldens.ofOperators("fid");
    try (Checkpoint file = weights("inception", SyntheticRules.FID);
        FrechetFeatures network = new FrechetFeatures(engine, Weights.of(file))) {
      FloatTensor resized = FrechetFeatures.resized(TestPictures.recorded("hr_" + NAMES.get(0)));
      FloatTensor wanted = goldens.tensor("hr.Canon_001_LR4.clean299_stride13");
      for (int c = 0; c < 3; c++) {
        for (int y = 0; y < 23; y++) {
          for (int x = 0; x < 23; x++) {
            assertThat(resized.data()[(c * 299 + 13 * y) * 299 + 13 * x])
                .isEqualTo(wanted.data()[(c * 23 + y) * 23 + x], Offset.offset(1e-4f));
          }
        }
      }
      FloatTensor hr = features(network, "hr_");
      FloatTensor sr = features(network, "sr_");
      requireNear(hr, goldens.tensor("hr.features"));
      requireNear(sr, goldens.tensor("sr.features"));
      requireClose(
          FrechetDistance.of(hr, sr),
          figures.get("fid_2048_n4_exact").getAsDouble(),
          "distance of four pictures each");
    }
  }

  @Test
  void frechetDistancesMatch() throws IOException {
    JsonObject figures = TestPictures.figures("fid");
    Goldens goldens = Goldens.ofOperators("fid");
    for (String name : List.of("full", "deficient", "one_deficient")) {
      FloatTensor x = goldens.tensor("frechet.%s.x".formatted(name));
      FloatTensor y = goldens.tensor("frechet.%s.y".formatted(name));
      double exact = figures.getAsJsonObject("frechet." + name).get("exact_nuclear").getAsDouble();
      assertThat(FrechetDistance.of(x, y)).isEqualTo(exact, Offset.offset(1e-9));
      assertThat(FrechetDistance.of(y, x)).isEqualTo(exact, Offset.offset(1e-9));
      assertThat(FrechetDistance.of(x, x)).isEqualTo(0, Offset.offset(1e-9));
    }
  }

  private static FloatTensor features(FrechetFeatures network, String prefix) throws IOException {
    FloatTensor all = FloatTensor.zeros(NAMES.size(), 2048);
    for (int i = 0; i < NAMES.size(); i++) {
      float[] one = network.of(TestPictures.recorded(prefix + NAMES.get(i)));
      System.arraycopy(one, 0, all.data(), i * one.length, one.length);
    }
    return all;
  }

  private static void requireNear(FloatTensor actual, FloatTensor expected) {
    for (int i = 0; i < expected.size(); i++) {
      assertThat(actual.data()[i])
          .isEqualTo(expected.data()[i], Offset.offset((float) (52 * RELATIVE)));
    }
  }

  private static void requireClose(double actual, double expected, String what) {
    assertThat(actual).as(what).isEqualTo(expected, Offset.offset(RELATIVE * Math.abs(expected)));
  }

  /** Every n-th value of an activation, as many as fit. */
  private static void requireSampled(
      FloatTensor expected, float[] actual, double largest, String what) {
    int stride = (actual.length + 4095) / 4096;
    assertThat(expected.size()).as(what).isEqualTo((actual.length + stride - 1) / stride);
    for (int i = 0; i < expected.size(); i++) {
      assertThat(actual[i * stride])
          .as(what)
          .isEqualTo(expected.data()[i], Offset.offset((float) (RELATIVE * largest + 1e-5)));
    }
  }

  private static FloatTensor crop(String image, JsonObject expected) throws IOException {
    JsonArray box = expected.getAsJsonArray("crop_y_x_h_w");
    return Borders.crop(
        TestPictures.recorded(image),
        box.get(0).getAsInt(),
        box.get(1).getAsInt(),
        box.get(2).getAsInt(),
        box.get(3).getAsInt());
  }

  /** All tensors that the shared list of keys names. */
  private Checkpoint weights(String network, SyntheticRules rules) throws IOException {
    SafetensorsWriter writer = new SafetensorsWriter(Map.of());
    JsonArray keys =
        JsonParser.parseString(
                Files.readString(
                    SharedFolder.path("goldens2/keys/keys_%s.json".formatted(network))))
            .getAsJsonArray();
    keys.forEach(
        entry -> {
          JsonArray pair = entry.getAsJsonArray();
          int[] shape = new int[pair.get(1).getAsJsonArray().size()];
          for (int i = 0; i < shape.length; i++) {
            shape[i] = pair.get(1).getAsJsonArray().get(i).getAsInt();
          }
          add(writer, pair.get(0).getAsString(), rules, shape);
        });
    return write(writer);
  }

  private static void add(
      SafetensorsWriter writer, String key, SyntheticRules rules, int... shape) {
    long[] dims = java.util.Arrays.stream(shape).asLongStream().toArray();
    SyntheticWeights.add(writer, key, dims, ElementType.F32, rules);
  }

  private Checkpoint write(SafetensorsWriter writer) {
    Path file = folder.resolve("weights.safetensors");
    writer.write(file);
    return Checkpoint.open(file);
  }
}
