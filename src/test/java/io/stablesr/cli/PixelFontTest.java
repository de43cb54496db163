package io.stablesr.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.stablesr.core.FloatTensor;
import org.junit.jupiter.api.Test;

class PixelFontTest {
  @Test
  void lettersHaveTheirShapes() {
    FloatTensor image = FloatTensor.zeros(3, 7, 17);

    PixelFont.write(image, "t1:", 0, 0, 1);

    assertThat(text(image))
        .isEqualTo(
            """
            #####...#........
            ..#....##....##..
            ..#.....#....##..
            ..#.....#........
            ..#.....#....##..
            ..#.....#....##..
            ..#....###.......
            """);
  }

  @Test
  void whatDoesNotFitIsCutOff() {
    FloatTensor image = FloatTensor.zeros(3, 5, 5);

    PixelFont.write(image, "A0-Z.9 ü", -3, 2, 2);

    assertThat(image.size()).isEqualTo(75);
  }

  private static String text(FloatTensor image) {
    StringBuilder text = new StringBuilder();
    for (int y = 0; y < image.dim(1); y++) {
      for (int x = 0; x < image.dim(2); x++) {
        text.append(image.data()[y * image.dim(2) + x] > 0 ? '#' : '.');
      }
      text.append('\n');
    }
    return text.toString();
  }
}
