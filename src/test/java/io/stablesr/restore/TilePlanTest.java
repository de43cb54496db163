package io.stablesr.restore;

import static org.assertj.core.api.Assertions.assertThat;

import io.stablesr.diffusion.Window;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TilePlanTest {
  @Test
  void coresPartitionTheCanvasAndRegionsAddTheHaloWithinATile() {
    Random random = new Random(11);
    for (int trial = 0; trial < 300; trial++) {
      int halo = 1 + random.nextInt(16);
      int tile = 2 * halo + TilePlan.LEAST_CORE_LATENTS + random.nextInt(40);
      int height = 1 + random.nextInt(200);
      int width = 1 + random.nextInt(200);
      int[][] covered = new int[height][width];
      for (TilePlan.Tile t : TilePlan.of(height, width, tile, halo)) {
        Window core = t.core();
        Window region = t.region();
        for (int y = core.y(); y < core.y() + core.height(); y++) {
          for (int x = core.x(); x < core.x() + core.width(); x++) {
            covered[y][x]++;
          }
        }
        assertThat(Math.max(region.height(), region.width())).isLessThanOrEqualTo(tile);
        assertThat(region.y()).isIn(0, core.y() - halo);
        assertThat(region.x()).isIn(0, core.x() - halo);
        assertThat(region.y() + region.height()).isIn(height, core.y() + core.height() + halo);
        assertThat(region.x() + region.width()).isIn(width, core.x() + core.width() + halo);
      }
      for (int[] row : covered) {
        assertThat(row).containsOnly(1);
      }
    }
  }

  @Test
  void aSampleLiesInThePictureAndReachesAllOfIt() {
    Random random = new Random(12);
    for (int trial = 0; trial < 100; trial++) {
      int halo = 1 + random.nextInt(16);
      int tile = 2 * halo + TilePlan.LEAST_CORE_LATENTS + random.nextInt(40);
      int height = tile + random.nextInt(2000);
      int width = tile + random.nextInt(2000);
      int[] inNinth = new int[9];
      for (TilePlan.Tile t : TilePlan.sample(height, width, tile, halo, 64)) {
        Window core = t.core();
        Window region = t.region();
        assertThat(core.height()).isEqualTo(tile - 2 * halo);
        assertThat(core.width()).isEqualTo(tile - 2 * halo);
        assertThat(region.y()).isEqualTo(Math.max(0, core.y() - halo));
        assertThat(region.x()).isEqualTo(Math.max(0, core.x() - halo));
        assertThat(region.y() + region.height())
            .isEqualTo(Math.min(height, core.y() + core.height() + halo));
        assertThat(region.x() + region.width())
            .isEqualTo(Math.min(width, core.x() + core.width() + halo));
        int row = 3 * (core.y() + core.height() / 2) / height;
        int column = 3 * (core.x() + core.width() / 2) / width;
        inNinth[3 * row + column]++;
      }
      if (height > 20 * tile && width > 20 * tile) {
        for (int count : inNinth) {
          assertThat(count).isBetween(5, 9);
        }
      }
    }
  }
}
