package io.stablesr.cli;

import io.stablesr.core.FloatTensor;
import java.util.Arrays;
import java.util.Locale;

/**
 * Writes labels with 5x7 dots. Java's own text drawing needs fonts and native libraries that a
 * headless runtime in a container does not have.
 */
final class PixelFont {
  /** Height of a line in pixels at size 1, with its margin. */
  static final int LINE_PIXELS = 11;

  private static final String CHARACTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-:";

  /** Five columns per character, two hexadecimal digits each; the lowest bit is the top dot. */
  private static final String COLUMNS =
      "7e1111117e7f494949363e414141227f4141221c7f494949417f090909013e4149497a7f0808087f00417f4100"
          + "2040413f017f081422417f404040407f020c027f7f0408107f3e4141413e7f090909063e4151215e7f09192946"
          + "464949493101017f01013f4040403f1f2040201f3f4038403f631408146307087008076151494543"
          + "3e5149453e00427f400042615149462141454b311814127f1027454545393c4a4949300171090503"
          + "364949493606494929"
          + "1e"
          + "00606000000808080808"
          + "0036360000";

  private PixelFont() {}

  /** Writes text into {@code image}, white, from column {@code x} and row {@code y} on. */
  static void write(FloatTensor image, String text, int x, int y, int size) {
    int at = x;
    for (char c : text.toUpperCase(Locale.ROOT).toCharArray()) {
      int index = CHARACTERS.indexOf(c);
      for (int column = 0; index >= 0 && column < 5; column++) {
        int from = 2 * (5 * index + column);
        int dots = Integer.parseInt(COLUMNS.substring(from, from + 2), 16);
        for (int row = 0; row < 7; row++) {
          if ((dots >> row & 1) == 1) {
            fill(image, at + column * size, y + row * size, size);
          }
        }
      }
      at += 6 * size;
    }
  }

  private static void fill(FloatTensor image, int x, int y, int size) {
    int height = image.dim(1);
    int width = image.dim(2);
    for (int row = Math.max(0, y); row < Math.min(height, y + size); row++) {
      for (int channel = 0; channel < 3; channel++) {
        int start = (channel * height + row) * width;
        int from = Math.min(width, Math.max(0, x));
        int to = Math.max(from, Math.min(width, x + size));
        Arrays.fill(image.data(), start + from, start + to, 1f);
      }
    }
  }
}
