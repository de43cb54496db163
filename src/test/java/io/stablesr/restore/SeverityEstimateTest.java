package io.stablesr.restore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.stablesr.SharedFolder;
import io.stablesr.core.FloatTensor;
import io.stablesr.image.Borders;
import io.stablesr.image.DecodeLimits;
import io.stablesr.image.ImageDecoder;
import io.stablesr.image.PilResize;
import io.stablesr.testing.Damage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Photographs as they are, and made worse in known ways. */
class SeverityEstimateTest {
  /** Deviation of the luma of noise that is independent in each colour. */
  private static final double LUMA_SHARE = Math.sqrt(0.299 * 0.299 + 0.587 * 0.587 + 0.114 * 0.114);

  private static List<FloatTensor> photographs;

  @BeforeAll
  static void read() throws IOException {
    photographs = new ArrayList<>();
    for (String set : List.of("realsr", "drealsr")) {
      try (Stream<Path> files = Files.list(SharedFolder.path("data/" + set + "/lq"))) {
        for (Path file : files.sorted().toList()) {
          photographs.add(decode(Files.readAllBytes(file)));
        }
      }
    }
    assertThat(photographs).hasSizeGreaterThan(8);
  }

  private static FloatTensor decode(byte[] bytes) {
    return new ImageDecoder(DecodeLimits.defaults()).decode("sample", bytes).rgb();
  }

  @Test
  void photographsOfTheTestSetsAreNotSevere() {
    for (FloatTensor photograph : photographs) {
      SeverityEstimate estimate = SeverityEstimate.of(photograph);
      assertThat(estimate.severity()).as(estimate.text()).isBetween(0.2, 0.99);
      assertThat(estimate.noiseLevels()).isLessThan(3);
    }
  }

  @Test
  void noiseIsMeasuredAndSevereNoiseFound() {
    for (FloatTensor photograph : photographs) {
      double before = 0;
      for (double levels : new double[] {5, 12, 25}) {
        SeverityEstimate estimate = SeverityEstimate.of(Damage.noise(photograph, levels, 3));
        assertThat(estimate.noiseLevels()).as(estimate.text()).isGreaterThan(before);
        assertThat(estimate.noiseLevels())
            .isCloseTo(levels * LUMA_SHARE, within(0.25 * levels * LUMA_SHARE + 1));
        assertThat(estimate.severity() >= 1).isEqualTo(levels > 10);
        before = estimate.noiseLevels();
      }
    }
  }

  @Test
  void blurGrowsWithTheKernelAndSevereBlurIsFound() {
    for (FloatTensor photograph : photographs) {
      double before = SeverityEstimate.of(photograph).blur();
      for (int factor : new int[] {2, 4, 8}) {
        SeverityEstimate estimate = SeverityEstimate.of(soft(photograph, factor));
        assertThat(estimate.blur()).as(estimate.text()).isGreaterThan(before);
        before = estimate.blur();
      }
      assertThat(SeverityEstimate.of(soft(photograph, 8)).severity()).isGreaterThan(1);
    }
  }

  @Test
  void blocksOfStrongCompressionAreFoundWhereverTheGridBegins() throws IOException {
    int found = 0;
    for (FloatTensor photograph : photographs) {
      FloatTensor coarse = Damage.jpeg(photograph, 0.1f);
      SeverityEstimate estimate = SeverityEstimate.of(coarse);
      assertThat(estimate.blockiness())
          .isGreaterThan(SeverityEstimate.of(photograph).blockiness() + 0.05);
      found += estimate.severity() >= 1 ? 1 : 0;
      FloatTensor cropped = Borders.crop(coarse, 3, 5, coarse.dim(1) - 3, coarse.dim(2) - 5);
      assertThat(SeverityEstimate.of(cropped).blockiness())
          .isCloseTo(estimate.blockiness(), within(0.15 * estimate.blockiness() + 0.05));
    }
    // Fine texture hides the blocks of some.
    assertThat(found).isGreaterThanOrEqualTo(photographs.size() * 3 / 4);
  }

  @Test
  void largePicturesAreJudgedByWindows() {
    FloatTensor large = PilResize.bicubicFloats(photographs.get(0), 1300, 1100);
    SeverityEstimate smooth = SeverityEstimate.of(large);
    assertThat(smooth.blur()).isGreaterThan(SeverityEstimate.SEVERE_BLUR);
    assertThat(smooth.noiseLevels()).isLessThan(1);
    assertThat(SeverityEstimate.of(Damage.noise(large, 12, 8)).noiseLevels())
        .isCloseTo(12 * LUMA_SHARE, within(1.0));
  }

  @Test
  void smallAndFlatPicturesHaveNothingToMeasure() {
    for (int[] shape : new int[][] {{3, 1, 1}, {3, 5, 40}, {3, 64, 64}}) {
      FloatTensor flat = FloatTensor.zeros(shape);
      Arrays.fill(flat.data(), 0.5f);
      assertThat(SeverityEstimate.of(flat)).isEqualTo(new SeverityEstimate(0, 0, 0));
    }
    assertThat(new SeverityEstimate(3, 0.05, 0.3).text())
        .isEqualTo("severity 0.50 (noise 3.0 levels, blockiness 0.05, blur 0.30)");
  }

  private static FloatTensor soft(FloatTensor picture, int factor) {
    int height = picture.dim(1);
    int width = picture.dim(2);
    FloatTensor small = PilResize.bicubicFloats(picture, height / factor, width / factor);
    return PilResize.bicubicFloats(small, height, width);
  }
}
