package io.stablesr.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stablesr.core.FloatTensor;
import io.stablesr.testing.Goldens;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ColorCorrectionTest {
  private static final double RELATIVE = 1e-6;

  @ParameterizedTest
  @CsvSource({"case0,0", "case1,0", "case1,1"})
  void adainMatchesTheReference(String name, int index) {
    assertThat(
            Pictures.relativeError(
                ColorCorrection.adain(golden(name, "content", index), golden(name, "style", index)),
                golden(name, "adain", index)))
        .isLessThan(RELATIVE);
  }

  @ParameterizedTest
  @CsvSource({"case0,0", "case1,0", "case1,1"})
  void waveletMatchesTheReference(String name, int index) {
    assertThat(
            Pictures.relativeError(
                ColorCorrection.wavelet(
                    golden(name, "content", index), golden(name, "style", index), 5),
                golden(name, "wavelet", index)))
        .isLessThan(RELATIVE);
  }

  @Test
  void aPictureTiedToItselfStaysAsItIs() {
    FloatTensor picture = Pictures.noise(7, 3, 19, 23);
    for (ColorFix fix : ColorFix.values()) {
      FloatTensor fixed = ColorCorrection.apply(fix, picture, picture);
      assertThat(Pictures.maxDifference(fixed, picture)).as(fix.name()).isLessThan(2e-6f);
    }
  }

  @Test
  void adainTakesStatisticsFromAPictureOfAnotherSize() {
    FloatTensor style = Pictures.noise(1, 3, 40, 31);
    for (int i = 0; i < style.size(); i++) {
      style.data()[i] = style.data()[i] * 0.25f + 0.5f;
    }
    FloatTensor fixed = ColorCorrection.adain(Pictures.noise(2, 3, 64, 64), style);
    double sum = 0;
    double expected = 0;
    for (float value : fixed.data()) {
      sum += value / fixed.size();
    }
    for (float value : style.data()) {
      expected += value / style.size();
    }
    assertThat(Math.abs(sum - expected)).isLessThan(1e-5);
  }

  @Test
  void waveletWithFewerLevelsKeepsASmallerNeighbourhood() {
    FloatTensor content = FloatTensor.zeros(3, 64, 64);
    FloatTensor style = FloatTensor.zeros(3, 64, 64);
    style.data()[32 * 64 + 32] = 1f;
    FloatTensor three = ColorCorrection.wavelet(content, style, 3);
    // Three levels reach 1 + 2 + 4 pixels to each side.
    assertThat(three.data()[32 * 64 + 32 + 7]).isGreaterThan(0f);
    assertThat(three.data()[32 * 64 + 32 + 8]).isZero();
    assertThat(ColorCorrection.wavelet(content, style, 5).data()[32 * 64 + 32 + 8])
        .isGreaterThan(0f);
  }

  @Test
  void waveletRefusesPicturesOfDifferentSize() {
    assertThatThrownBy(
            () ->
                ColorCorrection.wavelet(FloatTensor.zeros(3, 4, 5), FloatTensor.zeros(3, 5, 4), 5))
        .hasMessage(
            "Both pictures must have the same size, got FloatTensor[3, 4, 5] and"
                + " FloatTensor[3, 5, 4]");
  }

  @Test
  void fourChannelsAreRefused() {
    assertThatThrownBy(
            () -> ColorCorrection.adain(FloatTensor.zeros(4, 4, 5), FloatTensor.zeros(3, 5, 4)))
        .hasMessage("Expected [3,H,W], got FloatTensor[4, 4, 5]");
  }

  private static FloatTensor golden(String name, String tensor, int index) {
    return Goldens.picture(Goldens.of("12_colorfix").tensor(name + "/" + tensor), index);
  }
}
