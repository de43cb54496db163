package io.stablesr.restore;

import static org.assertj.core.api.Assertions.assertThat;

import io.stablesr.job.SettingKeys;
import io.stablesr.job.Settings;
import io.stablesr.job.SettingsLayer;
import io.stablesr.job.SettingsReader;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TileOutlinesTest {
  /** A border of 16 pixels is outside of the result; tiles of 10 latents of 4 pixels. */
  private static final TileOutlines SMALL = new TileOutlines(new WorkGeometry(0, 16, 32), 10, 4);

  @Test
  void tilesAreWhereTheGridPutsThem() {
    // 16 + 64 + 16 = 96 pixels are 24 latents: tiles begin at 0, 8 and 14.
    List<TileOutlines.Outline> tiles = SMALL.of(16, 4, 4, 2);

    assertThat(tiles)
        .filteredOn(tile -> tile.top() == 0)
        .extracting(TileOutlines.Outline::left, TileOutlines.Outline::right)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple(0.0, 24.0),
            org.assertj.core.groups.Tuple.tuple(16.0, 56.0),
            org.assertj.core.groups.Tuple.tuple(40.0, 64.0));
  }

  @Test
  void aPictureThatIsReducedAtTheEndHasTilesInItsOwnPixels() {
    // Enlarged to 128 pixels a side for the networks, 32 in the result.
    TileOutlines enlarging = new TileOutlines(new WorkGeometry(128, 0, 32), 16, 4);

    List<TileOutlines.Outline> tiles = enlarging.of(8, 8, 4, 0);

    assertThat(tiles).hasSize(4);
    assertThat(tiles.get(0)).isEqualTo(new TileOutlines.Outline(0, 0, 16, 16));
    assertThat(tiles.get(3)).isEqualTo(new TileOutlines.Outline(16, 16, 32, 32));
  }

  @Test
  void tilesCoverEveryPictureOfTheEmbeddedModelAndAreAsManyAsPlanned() {
    StableSrFactory factory = new StableSrFactory();
    TileOutlines outlines = factory.tileOutlines("stablesr-mini").orElseThrow();
    Settings settings =
        Settings.of(
            SettingKeys.reference(),
            List.of(SettingsLayer.ofCommandLine(Map.of())),
            bundle -> factory.describe(bundle).defaults());
    UpscaleOptions options = SettingsReader.upscale(settings.values());
    CostModel costs = factory.costs(SettingsReader.model(settings.values()), 1L << 40);
    Random random = new Random(3);
    for (int round = 0; round < 200; round++) {
      int width = 1 + random.nextInt(900);
      int height = 1 + random.nextInt(900);
      List<TileOutlines.Outline> tiles =
          outlines.of(width, height, options.scale(), options.sampling().overlapLatents());

      assertThat(tiles)
          .as("%dx%d", width, height)
          .hasSize((int) costs.cost(width, height, options).tiles());
      double x = random.nextDouble() * 4 * width;
      double y = random.nextDouble() * 4 * height;
      assertThat(tiles)
          .as("%s, %s of %dx%d", x, y, width, height)
          .anyMatch(t -> t.left() <= x && x <= t.right() && t.top() <= y && y <= t.bottom())
          .allMatch(t -> t.left() >= 0 && t.right() <= 4 * width && t.bottom() <= 4 * height);
    }
  }
}
