package io.stablesr.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stablesr.core.FloatTensor;
import io.stablesr.image.Borders;
import io.stablesr.image.TorchResize;
import java.io.IOException;
import java.util.Random;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class MsSsimTest {
  private static final MsSsim LUMA = new MsSsim(MetricColor.YCBCR_LUMA, 0);

  @Test
  void equalPicturesHaveOne() {
    FloatTensor picture = noise(1, 161, 200);
    for (MetricColor color : MetricColor.values()) {
      assertThat(new MsSsim(color, 0).score(picture, picture)).isCloseTo(1, Offset.offset(1e-12));
    }
  }

  @Test
  void aFlatPictureHasTheLuminanceOfTheLastScaleToItsPower() {
    // Sides are multiples of 16, so no zeros come in; structure is 1 everywhere.
    FloatTensor dark = flat(176, 192, 51);
    FloatTensor light = flat(176, 192, 102);
    double c1 = 0.01 * 255 * 0.01 * 255;
    double luminance = (2 * 51.0 * 102 + c1) / (51.0 * 51 + 102.0 * 102 + c1);
    assertThat(new MsSsim(MetricColor.RGB, 0).score(dark, light))
        .isCloseTo(Math.pow(luminance, 0.1333), Offset.offset(1e-9));
  }

  @Test
  void oddSidesAreFilledWithZerosAtBothEnds() {
    double[] halved = MsSsim.halved(new double[] {4, 8, 12, 16, 20, 24, 28, 32, 36}, 3, 3);
    // Of 0 0 / 0 4, 0 0 / 8 12, 0 16 / 0 28, and the four last pixels.
    assertThat(halved).containsExactly(1, 5, 11, 28);
    assertThat(MsSsim.halved(new double[] {1, 3, 5, 7}, 2, 2)).containsExactly(4);
  }

  @Test
  void coarseStructureCountsLessForMoreBlurOnlyThroughAllScales() throws IOException {
    FloatTensor truth = TestPictures.recorded("hr_Canon_001_LR4");
    double before = 1;
    for (int side : new int[] {256, 128, 64}) {
      FloatTensor blurred = TorchResize.bilinear(TorchResize.area(truth, side, side), 512, 512);
      double score = LUMA.score(blurred, truth);
      assertThat(score).isLessThan(before);
      // Fine detail alone is missing, which the coarser scales do not see.
      assertThat(score).isGreaterThan(new Ssim(MetricColor.YCBCR_LUMA, 0).score(blurred, truth));
      before = score;
    }
  }

  @Test
  void theBorderIsLeftOut() throws IOException {
    FloatTensor truth = TestPictures.recorded("hr_Canon_025_LR4");
    FloatTensor picture = TestPictures.recorded("sr_Canon_025_LR4");
    assertThat(new MsSsim(MetricColor.YCBCR_LUMA, 4).score(picture, truth))
        .isEqualTo(
            LUMA.score(Borders.crop(picture, 4, 4, 504, 504), Borders.crop(truth, 4, 4, 504, 504)));
  }

  @Test
  void smallPicturesAreRefused() {
    assertThatThrownBy(() -> LUMA.score(noise(1, 160, 300), noise(2, 160, 300)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "MS-SSIM needs at least 161x161 pixels inside of the border, got 300x160; leave ms-ssim out for such pictures");
    assertThatThrownBy(
            () -> new MsSsim(MetricColor.RGB, 1).score(noise(1, 162, 300), noise(2, 162, 300)))
        .hasMessageContaining("got 298x160");
    assertThat(LUMA.score(noise(1, 161, 161), noise(2, 161, 161))).isBetween(0.0, 1.0);
  }

  private static FloatTensor flat(int height, int width, int level) {
    FloatTensor picture = FloatTensor.zeros(3, height, width);
    java.util.Arrays.fill(picture.data(), level / 255f);
    return picture;
  }

  private static FloatTensor noise(int seed, int height, int width) {
    Random random = new Random(seed);
    FloatTensor picture = FloatTensor.zeros(3, height, width);
    for (int i = 0; i < picture.size(); i++) {
      picture.data()[i] = random.nextInt(256) / 255f;
    }
    return picture;
  }
}
