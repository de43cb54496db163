package io.stablesr.diffusion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.stablesr.core.FloatTensor;
import io.stablesr.core.StableSrException;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class NoiseTest {
  @Test
  void philoxAnswersThePublishedKnownAnswers() {
    assertThat(philox(0, 0, 0, 0, 0, 0))
        .containsExactly(0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8);
    assertThat(philox(-1, -1, -1, -1, -1, -1))
        .containsExactly(0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd);
    assertThat(philox(0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344, 0xa4093822, 0x299f31d0))
        .containsExactly(0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1);
  }

  @Test
  void anyWindowIsTheCropOfTheWholeCanvas() {
    Random random = new Random(7);
    NoiseSource noise = new PhiloxNoise(42, "s3a://photos/a b/é.jpg");
    for (int round = 0; round < 50; round++) {
      int height = 1 + random.nextInt(40);
      int width = 1 + random.nextInt(40);
      int channels = 1 + random.nextInt(5);
      int y = random.nextInt(height);
      int x = random.nextInt(width);
      Window window =
          new Window(y, x, 1 + random.nextInt(height - y), 1 + random.nextInt(width - x));
      NoiseDraw draw = NoiseDraw.step(random.nextInt(1000));
      FloatTensor whole = noise.normal(draw, channels, Window.whole(height, width));
      assertThat(noise.normal(draw, channels, window).data())
          .isEqualTo(Tiles.crop(whole, 0, window).data());
    }
  }

  @Test
  void valuesNeverChangeBetweenReleases() {
    FloatTensor noise =
        new PhiloxNoise(42, "a.png").normal(NoiseDraw.START, 2, new Window(5, 7, 1, 2));
    assertThat(noise.data()).containsExactly(1.307558f, 0.15381235f, 0.08706331f, -0.4924308f);
  }

  @Test
  void seedImageDrawChannelAndPlaceAllMatter() {
    Window window = Window.whole(64, 64);
    float[] base = new PhiloxNoise(1, "a").normal(NoiseDraw.START, 4, window).data();
    assertThat(correlation(base, new PhiloxNoise(2, "a").normal(NoiseDraw.START, 4, window).data()))
        .isCloseTo(0, within(0.04));
    assertThat(correlation(base, new PhiloxNoise(1, "b").normal(NoiseDraw.START, 4, window).data()))
        .isCloseTo(0, within(0.04));
    assertThat(
            correlation(base, new PhiloxNoise(1, "a").normal(NoiseDraw.step(0), 4, window).data()))
        .isCloseTo(0, within(0.04));
    // Neighbours in x, in y, and in the channel: shifts by 1, 64 and 4096 values.
    for (int shift : new int[] {1, 64, 4096, 8192}) {
      float[] left = Arrays.copyOfRange(base, 0, base.length - shift);
      float[] right = Arrays.copyOfRange(base, shift, base.length);
      assertThat(correlation(left, right)).as("shift %d", shift).isCloseTo(0, within(0.04));
    }
  }

  @Test
  void valuesAreStandardNormal() {
    float[] values =
        new PhiloxNoise(3, "statistics").normal(NoiseDraw.START, 4, Window.whole(256, 256)).data();
    double n = values.length;
    double mean = 0;
    double square = 0;
    double fourth = 0;
    int withinOne = 0;
    for (float value : values) {
      mean += value / n;
      square += (double) value * value / n;
      fourth += Math.pow(value, 4) / n;
      withinOne += Math.abs(value) < 1 ? 1 : 0;
    }
    // Four standard errors each, n = 262144.
    assertThat(mean).isCloseTo(0, within(4 / Math.sqrt(n)));
    assertThat(square).isCloseTo(1, within(4 * Math.sqrt(2 / n)));
    assertThat(fourth).isCloseTo(3, within(4 * Math.sqrt(96 / n)));
    assertThat(withinOne / n).isCloseTo(0.682689, within(4 * Math.sqrt(0.2166 / n)));
  }

  @Test
  void recordedNoiseGivesWindowsAndNamesAMissingDraw() {
    FloatTensor canvas = new PhiloxNoise(1, "x").normal(NoiseDraw.START, 4, Window.whole(8, 9));
    NoiseSource recorded = new RecordedNoise(Map.of(NoiseDraw.START, canvas));
    Window window = new Window(2, 3, 4, 5);
    assertThat(recorded.normal(NoiseDraw.START, 4, window).data())
        .isEqualTo(Tiles.crop(canvas, 0, window).data());
    assertThatThrownBy(() -> recorded.normal(NoiseDraw.step(3), 4, window))
        .isInstanceOf(StableSrException.class)
        .hasMessage("No noise was recorded for draw 'step 3'.");
    assertThatThrownBy(() -> recorded.normal(NoiseDraw.START, 4, new Window(6, 0, 4, 5)))
        .hasMessageContaining("FloatTensor[1, 4, 8, 9]");
  }

  private static int[] philox(int c0, int c1, int c2, int c3, int k0, int k1) {
    int[] words = new int[4];
    Philox.block(c0, c1, c2, c3, k0, k1, words);
    return words;
  }

  private static double correlation(float[] left, float[] right) {
    double sum = 0;
    for (int i = 0; i < left.length; i++) {
      sum += (double) left[i] * right[i];
    }
    return sum / left.length;
  }
}
