package io.stablesr.image;

import static org.assertj.core.api.Assertions.assertThat;

import io.stablesr.core.FloatTensor;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class AlphaBleedTest {
  @Test
  void blackUnderTransparentPixelsTakesTheColourOfTheEdge() {
    FloatTensor rgb = FloatTensor.zeros(3, 40, 40);
    FloatTensor alpha = FloatTensor.zeros(1, 40, 40);
    for (int y = 10; y < 30; y++) {
      for (int x = 10; x < 30; x++) {
        alpha.data()[y * 40 + x] = 1f;
        rgb.data()[y * 40 + x] = 0.8f;
        rgb.data()[1600 + y * 40 + x] = 0.6f;
      }
    }
    FloatTensor bled = AlphaBleed.bleed(rgb, alpha);
    for (int i = 0; i < 1600; i++) {
      assertThat(bled.data()[i]).isBetween(0.7999f, 0.8001f);
      assertThat(bled.data()[1600 + i]).isBetween(0.5999f, 0.6001f);
      assertThat(bled.data()[3200 + i]).isZero();
    }
    assertThat(rgb.data()[0]).as("the argument is not written to").isZero();
  }

  @Test
  void visiblePixelsKeepTheirColourInPicturesOfAnySize() {
    Random random = new Random(5);
    for (int round = 0; round < 200; round++) {
      int height = 1 + random.nextInt(40);
      int width = 1 + random.nextInt(40);
      FloatTensor rgb = Pictures.noise(round, 3, height, width);
      FloatTensor alpha = Pictures.quantizedNoise(round, 2, 1, height, width);
      FloatTensor bled = AlphaBleed.bleed(rgb, alpha);
      int plane = height * width;
      for (int i = 0; i < rgb.size(); i++) {
        if (alpha.data()[i % plane] > 0f) {
          assertThat(bled.data()[i]).isEqualTo(rgb.data()[i]);
        } else {
          assertThat(bled.data()[i]).isBetween(0f, 1f);
        }
      }
    }
  }

  @Test
  void nothingVisibleAndEverythingVisibleStayAsTheyAre() {
    FloatTensor rgb = Pictures.noise(1, 3, 5, 6);
    assertThat(AlphaBleed.bleed(rgb, FloatTensor.zeros(1, 5, 6))).isSameAs(rgb);
    FloatTensor opaque = FloatTensor.zeros(1, 5, 6);
    Arrays.fill(opaque.data(), 0.25f);
    assertThat(AlphaBleed.bleed(rgb, opaque)).isSameAs(rgb);
  }

  @Test
  void aDecodedPictureOffersBothVersions() {
    FloatTensor rgb = Pictures.quantizedNoise(2, 255, 3, 8, 8);
    FloatTensor alpha = FloatTensor.zeros(1, 8, 8);
    alpha.data()[9] = 1f;
    byte[] png =
        SampleFiles.encode(new OutputFormat.Png(BitDepth.EIGHT), rgb, Optional.of(alpha), Map.of());
    DecodedImage decoded = new ImageDecoder(DecodeLimits.defaults()).decode("x", png);
    assertThat(decoded.rgb().data()).isEqualTo(rgb.data());
    assertThat(decoded.bledRgb().data()[0]).isEqualTo(rgb.data()[9]);
  }
}
