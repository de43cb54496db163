package io.stablesr.diffusion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.stablesr.SharedFolder;
import io.stablesr.core.FloatTensor;
import io.stablesr.core.StableSrException;
import io.stablesr.testing.Goldens;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class TilesTest {
  @Test
  void latentTilesComeInTheRecordedPlacesAndOrder() throws IOException {
    int checked = 0;
    for (Map.Entry<String, JsonElement> entry : positions("latent_tiles").entrySet()) {
      Matcher name = Pattern.compile("H(\\d+)_W(\\d+)_tile(\\d+)_ov(\\d+)").matcher(entry.getKey());
      if (name.matches()) {
        TileGrid grid =
            new TileGrid(number(name, 1), number(name, 2), number(name, 3), number(name, 4));
        List<List<Integer>> expected = new ArrayList<>();
        for (JsonElement place : entry.getValue().getAsJsonArray()) {
          expected.add(numbers(place.getAsJsonArray()));
        }
        assertThat(grid.tiles().stream().map(w -> List.of(w.y(), w.x())))
            .as(entry.getKey())
            .containsExactlyElementsOf(expected);
        checked++;
      }
    }
    assertThat(checked).isGreaterThanOrEqualTo(14);
  }

  @Test
  void pixelTilesComeInTheRecordedPlacesAndOrder() throws IOException {
    int checked = 0;
    for (Map.Entry<String, JsonElement> entry : positions("pixel_spliter").entrySet()) {
      Matcher name =
          Pattern.compile("H(\\d+)_W(\\d+)_size(\\d+)_stride(\\d+)").matcher(entry.getKey());
      if (name.matches()) {
        List<List<Integer>> expected = new ArrayList<>();
        for (JsonElement place : entry.getValue().getAsJsonObject().getAsJsonArray("order")) {
          expected.add(numbers(place.getAsJsonArray()));
        }
        List<Window> tiles =
            PixelTiles.of(number(name, 1), number(name, 2), number(name, 3), number(name, 4));
        assertThat(
                tiles.stream()
                    .map(w -> List.of(w.y(), w.y() + w.height(), w.x(), w.x() + w.width())))
            .as(entry.getKey())
            .containsExactlyElementsOf(expected);
        checked++;
      }
    }
    assertThat(checked).isGreaterThanOrEqualTo(6);
  }

  @Test
  void publishedGaussiansAreTheRecordedOnes() {
    Goldens goldens = Goldens.of("11_gaussian_and_spliter");
    for (String name :
        List.of(
            "latent_gaussian_f64/16",
            "latent_gaussian_f64/64",
            "latent_gaussian_f64/96",
            "pixel_gaussian_f64/128")) {
      int side = goldens.shape(name)[0];
      double[] weights = GaussianWeights.of(side, side, GaussianCentre.PUBLISHED);
      double[] expected = goldens.doubles(name);
      for (int i = 0; i < weights.length; i++) {
        assertThat(Math.abs(weights[i] - expected[i])).isLessThanOrEqualTo(4e-15 * expected[i]);
      }
    }
  }

  @Test
  void blendingReproducesTheRecordedBlend() {
    Goldens goldens = Goldens.of("11_gaussian_and_spliter");
    FloatTensor image = goldens.tensor("spliter/image");
    int size = goldens.shape("spliter/patches")[4];
    List<Window> tiles = PixelTiles.of(image.dim(2), image.dim(3), size, 60);
    assertThat(tiles).hasSize(goldens.shape("spliter/patches")[0]);
    TileAggregation aggregation = new TileAggregation(1, 3, image.dim(2), image.dim(3));
    double[] weights = GaussianWeights.of(size, size, GaussianCentre.PUBLISHED);
    for (int k = 0; k < tiles.size(); k++) {
      aggregation.add(0, tiles.get(k), goldens.tensor("spliter/patches", k), 0, weights);
    }
    assertThat(aggregation.mean().data()).isEqualTo(goldens.floats("spliter/gathered"));
  }

  @Test
  void gridsCoverEveryPlaceAndStayInside() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int round = 0; round < 300; round++) {
      int tile = 1 + random.nextInt(96);
      TileGrid grid =
          new TileGrid(
              1 + random.nextInt(400), 1 + random.nextInt(400), tile, random.nextInt(tile));
      if ((long) grid.tiles().size() > 20_000) {
        continue;
      }
      boolean[] rows = new boolean[grid.height()];
      boolean[] columns = new boolean[grid.width()];
      for (Window window : grid.tiles()) {
        Arrays.fill(rows, window.y(), window.y() + window.height(), true);
        Arrays.fill(columns, window.x(), window.x() + window.width(), true);
      }
      assertThat(rows).as("%s seed %d", grid, seed).doesNotContain(false);
      assertThat(columns).as("%s seed %d", grid, seed).doesNotContain(false);
      assertThat(grid.tiles()).doesNotHaveDuplicates();
    }
  }

  @Test
  void cropsOfAFieldAggregateToTheField() {
    Random random = new Random(11);
    for (int round = 0; round < 20; round++) {
      int tile = 8 + random.nextInt(40);
      TileGrid grid =
          new TileGrid(
              tile + random.nextInt(90), tile + random.nextInt(90), tile, random.nextInt(tile - 1));
      FloatTensor field =
          new PhiloxNoise(round, "field")
              .normal(NoiseDraw.START, 4, Window.whole(grid.height(), grid.width()));
      assertCloseTo(aggregate(field, grid), field, 1e-6);
      Arrays.fill(field.data(), 3.7f);
      assertCloseTo(aggregate(field, grid), field, 1e-6);
    }
  }

  @Test
  void weightsArePositiveAndSymmetricUnlessPublished() {
    for (int side : new int[] {1, 8, 64, 96, 1280}) {
      for (GaussianCentre centre : GaussianCentre.values()) {
        for (double weight : GaussianWeights.of(side, 3, centre)) {
          assertThat((float) weight).isPositive();
        }
      }
      double[] symmetric = GaussianWeights.of(side, 1, GaussianCentre.SYMMETRIC);
      assertThat(symmetric[0]).isEqualTo(symmetric[side - 1]);
    }
    double[] published = GaussianWeights.of(64, 64, GaussianCentre.PUBLISHED);
    assertThat(published[0]).isLessThan(published[63 * 64]);
  }

  @Test
  void anAxisShorterThanTheTileHasOneTileOfItsLength() {
    assertThat(new TileGrid(24, 100, 64, 32).tiles())
        .containsExactly(
            new Window(0, 0, 24, 64), new Window(0, 32, 24, 64), new Window(0, 36, 24, 64));
  }

  @Test
  void overlapsAsLargeAsTheTileAreRefused() {
    assertThatThrownBy(() -> new TileGrid(100, 100, 64, 64))
        .isInstanceOf(StableSrException.class)
        .hasMessage(
            "sampling.overlap-latents is 64; with tiles of 64 latents it must be in 0..63.");
  }

  private static FloatTensor aggregate(FloatTensor field, TileGrid grid) {
    TileAggregation aggregation = new TileAggregation(1, field.dim(1), grid.height(), grid.width());
    double[] weights =
        GaussianWeights.of(grid.tileHeight(), grid.tileWidth(), GaussianCentre.SYMMETRIC);
    for (Window window : grid.tiles()) {
      aggregation.add(0, window, Tiles.crop(field, 0, window), 0, weights);
    }
    return aggregation.mean();
  }

  private static void assertCloseTo(FloatTensor actual, FloatTensor expected, double tolerance) {
    for (int i = 0; i < actual.size(); i++) {
      double wanted = expected.data()[i];
      assertThat(Math.abs(actual.data()[i] - wanted))
          .isLessThanOrEqualTo(tolerance * Math.max(1, Math.abs(wanted)));
    }
  }

  private static JsonObject positions(String part) throws IOException {
    String json = Files.readString(SharedFolder.path("goldens/public/11_tile_positions.json"));
    return JsonParser.parseString(json).getAsJsonObject().getAsJsonObject(part);
  }

  private static int number(Matcher name, int group) {
    return Integer.parseInt(name.group(group));
  }

  private static List<Integer> numbers(JsonArray array) {
    List<Integer> numbers = new ArrayList<>();
    array.forEach(element -> numbers.add(element.getAsInt()));
    return numbers;
  }
}
