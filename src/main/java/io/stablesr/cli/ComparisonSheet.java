package io.stablesr.cli;

import io.stablesr.core.FloatTensor;
import io.stablesr.image.TorchResize;
import java.util.ArrayList;
import java.util.List;

/** One picture that shows, row by row, a bicubic enlargement beside the result. */
final class ComparisonSheet {
  private static final int GAP_PIXELS = 8;
  private static final int TEXT_SIZE = 2;
  private static final int LABEL_PIXELS = PixelFont.LINE_PIXELS * TEXT_SIZE;

  private record Pair(String name, FloatTensor input, FloatTensor result) {}

  private final List<Pair> pairs = new ArrayList<>();

  /** Adds a row: an input {@code [3,h,w]} and its result {@code [3,H,W]}. */
  void add(String name, FloatTensor input, FloatTensor result) {
    pairs.add(new Pair(name, input, result));
  }

  /** The sheet {@code [3,H,W]}. */
  FloatTensor render() {
    int half = pairs.stream().mapToInt(pair -> pair.result().dim(2)).max().orElseThrow();
    int height =
        pairs.stream().mapToInt(pair -> pair.result().dim(1) + LABEL_PIXELS + GAP_PIXELS).sum();
    FloatTensor sheet = FloatTensor.zeros(3, height, 2 * half + GAP_PIXELS);
    int y = 0;
    for (Pair pair : pairs) {
      FloatTensor result = pair.result();
      PixelFont.write(sheet, "bicubic: " + pair.name(), 2, y + 4, TEXT_SIZE);
      PixelFont.write(sheet, "stablesr", half + GAP_PIXELS + 2, y + 4, TEXT_SIZE);
      y += LABEL_PIXELS;
      paste(sheet, TorchResize.bicubic(pair.input(), result.dim(1), result.dim(2)), 0, y);
      paste(sheet, result, half + GAP_PIXELS, y);
      y += result.dim(1) + GAP_PIXELS;
    }
    return sheet;
  }

  private static void paste(FloatTensor sheet, FloatTensor image, int x, int y) {
    for (int channel = 0; channel < 3; channel++) {
      for (int row = 0; row < image.dim(1); row++) {
        System.arraycopy(
            image.data(),
            (channel * image.dim(1) + row) * image.dim(2),
            sheet.data(),
            (channel * sheet.dim(1) + y + row) * sheet.dim(2) + x,
            image.dim(2));
      }
    }
  }
}
