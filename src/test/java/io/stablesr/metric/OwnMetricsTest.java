package io.stablesr.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stablesr.core.FloatTensor;
import io.stablesr.core.StableSrException;
import io.stablesr.image.PilResize;
import io.stablesr.image.TorchResize;
import java.io.IOException;
import java.util.List;
import java.util.Random;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

/** Consistency, seams, disagreement of seeds. */
class OwnMetricsTest {
  private static final List<String> NAMES =
      List.of("hr_Canon_001_LR4", "hr_Canon_025_LR4", "sr_Nikon_001_LR4", "sr_Nikon_030_LR4");
  private static final TileBorders TILES = new TileBorders(200, 72);

  @Test
  void aPictureIsConsistentWithItsOwnReduction() throws IOException {
    Consistency consistency = new Consistency(MetricColor.YCBCR_LUMA, 0);
    for (String name : NAMES) {
      FloatTensor picture = TestPictures.recorded(name);
      // In whole levels, as a file holds it: 58 dB and more are rounding.
      FloatTensor input = PilResize.bicubic(picture, 128, 128);
      double own = consistency.score(picture, input);
      assertThat(own).as(name).isGreaterThan(55);
      FloatTensor shifted = shifted(picture, 4);
      assertThat(consistency.score(shifted, input)).as(name).isLessThan(own - 10);
      FloatTensor enlarged = TorchResize.bicubic(input, 512, 512);
      assertThat(consistency.score(enlarged, input)).as(name).isBetween(30.0, own);
    }
  }

  @Test
  void consistencyIsThePsnrOfTheReduction() throws IOException {
    FloatTensor picture = TestPictures.recorded(NAMES.get(2));
    FloatTensor other = TestPictures.recorded(NAMES.get(3));
    FloatTensor input = TorchResize.area(other, 128, 128);
    FloatTensor small = PilResize.bicubic(picture, 128, 128);
    // Rounding to levels moves what is far apart by next to nothing.
    assertThat(new Consistency(MetricColor.RGB, 3).score(picture, input))
        .isCloseTo(new Psnr(MetricColor.RGB, 3).score(small, input), Offset.offset(0.01));
  }

  @Test
  void consistencyNeedsAnEnlargement() {
    Consistency consistency = new Consistency(MetricColor.RGB, 0);
    assertThatThrownBy(
            () -> consistency.score(FloatTensor.zeros(3, 64, 64), FloatTensor.zeros(3, 128, 64)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Consistency needs a result that is its input enlarged, got 64x64 from 64x128");
    assertThatThrownBy(
            () -> consistency.score(FloatTensor.zeros(3, 400, 400), FloatTensor.zeros(3, 100, 80)))
        .hasMessageContaining("got 400x400 from 80x100");
    // 33 * 2.5 = 82.5 may have gone either way.
    assertThat(consistency.score(FloatTensor.zeros(3, 82, 250), FloatTensor.zeros(3, 33, 100)))
        .isCloseTo(80, Offset.offset(1e-9));
  }

  @Test
  void bordersAreThoseOfTheTileGrid() {
    // Tiles begin at 0, 128, 256, 312 and end at 200, 328, 456, 512.
    assertThat(TILES.along(512)).containsExactly(128, 200, 256, 312, 328, 456);
    assertThat(TILES.along(200)).isEmpty();
    assertThat(TileBorders.STANDARD.along(1024)).containsExactly(256, 512, 768);
    assertThatThrownBy(() -> new TileBorders(64, 64))
        .isInstanceOf(StableSrException.class)
        .hasMessage(
            "Tiles of 64 pixels that overlap by 64; the side must be 1 or more and the overlap from 0 to below it.");
  }

  @Test
  void aStepAtATileBorderRaisesTheSeamScore() throws IOException {
    SeamScore seam = new SeamScore(TILES);
    for (String name : NAMES) {
      FloatTensor picture = TestPictures.recorded(name);
      double plain = seam.score(picture);
      assertThat(plain).as(name).isBetween(1.0, 4.0);
      for (float sign : new float[] {-1, 1}) {
        assertThat(seam.score(stepped(picture, 256, 0.05f * sign, 1)))
            .as(name)
            .isGreaterThan(2.5 * plain);
        assertThat(seam.score(stepped(picture, 256, 0.1f * sign, 1)))
            .as(name)
            .isGreaterThan(5 * plain);
      }
      // From above as from the left.
      assertThat(seam.score(transposed(stepped(transposed(picture), 256, 0.1f, 1))))
          .as(name)
          .isGreaterThan(3 * plain);
      // The same step elsewhere is none of a tile's.
      assertThat(seam.score(stepped(picture, 228, 0.1f, 1))).as(name).isLessThan(1.01 * plain);
    }
  }

  @Test
  void aRampAtATileBorderIsSeenWhereThePictureIsCalm() throws IOException {
    FloatTensor calm = TestPictures.recorded(NAMES.get(3));
    SeamScore seam = new SeamScore(TILES);
    assertThat(seam.score(stepped(calm, 256, 0.1f, 4))).isGreaterThan(4 * seam.score(calm));
  }

  @Test
  void slopesAndFlatPicturesHaveNoSeam() {
    FloatTensor slope = FloatTensor.zeros(3, 512, 512);
    for (int i = 0; i < slope.size(); i++) {
      slope.data()[i] = (i % 512 + i / 512 % 512) / 1024f;
    }
    assertThat(new SeamScore(TILES).score(slope)).isCloseTo(1, Offset.offset(1e-3));
    assertThat(new SeamScore(TILES).score(FloatTensor.zeros(3, 512, 400)))
        .isCloseTo(1, Offset.offset(1e-9));
    assertThat(new SeamScore(TileBorders.STANDARD).score(FloatTensor.zeros(3, 512, 512))).isNaN();
  }

  @Test
  void seedsDisagreeWhereTheyDiffer() throws IOException {
    FloatTensor one = TestPictures.recorded(NAMES.get(0));
    FloatTensor same = changed(one, 0, 0, 0);
    assertThat(SeedDisagreement.of(List.of(one, same))).isEqualTo(new SeedDisagreement(0, 0, 0));
    FloatTensor other = changed(one, 320, 96, 0.3f);
    SeedDisagreement most = SeedDisagreement.of(List.of(one, other));
    assertThat(most.top()).isEqualTo(320);
    assertThat(most.left()).isEqualTo(96);
    // Two values d apart have the standard deviation d / sqrt(2).
    assertThat(most.deviation()).isCloseTo(0.3 / Math.sqrt(2), Offset.offset(1e-5));
    assertThat(SeedDisagreement.of(List.of(one, same, other)).deviation())
        .isCloseTo(0.3 / Math.sqrt(3), Offset.offset(1e-5));
  }

  @Test
  void fineNoiseIsNoHallucination() throws IOException {
    FloatTensor one = TestPictures.recorded(NAMES.get(1));
    Random random = new Random(5);
    FloatTensor other = one.copy();
    for (int i = 0; i < other.size(); i++) {
      other.data()[i] += 0.05f * (float) random.nextGaussian();
    }
    assertThat(SeedDisagreement.of(List.of(one, other)).deviation())
        .isLessThan(SeedDisagreement.THRESHOLD / 2);
  }

  @Test
  void oneSeedOrTwoSizesCannotBeCompared() {
    FloatTensor one = FloatTensor.zeros(3, 40, 50);
    assertThatThrownBy(() -> SeedDisagreement.of(List.of(one)))
        .hasMessage("Seeds can only disagree where there are two results or more, got 1");
    assertThatThrownBy(() -> SeedDisagreement.of(List.of(one, FloatTensor.zeros(3, 40, 51))))
        .hasMessageContaining("two pictures [3,H,W] of one size");
  }

  private static FloatTensor shifted(FloatTensor picture, int pixels) {
    FloatTensor shifted = picture.copy();
    int width = picture.dim(2);
    for (int i = 0; i < shifted.size(); i++) {
      int x = Math.max(i % width - pixels, 0);
      shifted.data()[i] = picture.data()[i - i % width + x];
    }
    return shifted;
  }

  /** Brighter from column {@code at} on, over {@code ramp} pixels; not clipped. */
  private static FloatTensor stepped(FloatTensor picture, int at, float step, int ramp) {
    FloatTensor stepped = picture.copy();
    int width = picture.dim(2);
    for (int i = 0; i < stepped.size(); i++) {
      float share = (i % width - at + ramp / 2 + 1) / (float) ramp;
      stepped.data()[i] += step * Math.min(Math.max(share, 0), 1);
    }
    return stepped;
  }

  private static FloatTensor transposed(FloatTensor picture) {
    int height = picture.dim(1);
    int width = picture.dim(2);
    FloatTensor transposed = FloatTensor.zeros(3, width, height);
    for (int i = 0; i < picture.size(); i++) {
      int c = i / (height * width);
      int y = i / width % height;
      transposed.data()[(c * width + i % width) * height + y] = picture.data()[i];
    }
    return transposed;
  }

  private static FloatTensor changed(FloatTensor picture, int top, int left, float by) {
    FloatTensor changed = picture.copy();
    int plane = picture.dim(1) * picture.dim(2);
    for (int c = 0; c < 3; c++) {
      for (int i = 0; i < 32 * 32; i++) {
        changed.data()[c * plane + (top + i / 32) * picture.dim(2) + left + i % 32] += by;
      }
    }
    return changed;
  }
}
