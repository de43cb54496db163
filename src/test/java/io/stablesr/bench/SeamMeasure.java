package io.stablesr.bench;

import io.stablesr.core.FloatTensor;
import java.util.Set;

/**
 * How visible the tiles of a result are, beside the same picture evaluated in one tile.
 *
 * <p>Kinks: the mean absolute second difference across a line, of the two pixels on each side of
 * it, over the same 12 to 20 pixels beside; that divided by the same quotient of the untiled
 * result, which has the same edges and textures at these places but no seams; less 1. 0 means that
 * nothing is to be seen. Steps make it positive; negative is a picture that is smoother at the
 * lines, as where tiles end without seeing what comes behind.
 *
 * <p>Difference: root mean square of tiled less untiled within 8 pixels of a line, over that of all
 * pixels 12 and more from every line. 1 means that lines are no worse than the inside of tiles,
 * which differs too, since a tile does not see the whole picture.
 */
final class SeamMeasure {
  private static final int KINK_REACH = 2;
  private static final int BESIDE_FROM = 12;
  private static final int BESIDE_TO = 20;
  private static final int BAND = 8;

  private final Part borders = new Part();
  private final Part crossings = new Part();
  private final Mean beside = new Mean();
  private final Mean besideUntiled = new Mean();
  private final Mean apart = new Mean();
  private final Mean all = new Mean();

  private SeamMeasure() {}

  private static final class Mean {
    private double sum;
    private long count;

    void add(double value) {
      sum += value;
      count++;
    }

    double value() {
      return sum / count;
    }
  }

  /** What is found at lines of one kind. */
  private static final class Part {
    private final Mean kinks = new Mean();
    private final Mean untiledKinks = new Mean();
    private final Mean squares = new Mean();
  }

  /**
   * Measures one picture.
   *
   * @param tiled {@code [3,H,W]} in 0..1
   * @param untiled of the same size
   * @param columns lines along the width
   * @param rows lines along the height
   */
  static SeamMeasure of(FloatTensor tiled, FloatTensor untiled, SeamLines columns, SeamLines rows) {
    if (!tiled.sameShape(untiled)) {
      throw new IllegalArgumentException(tiled + " beside " + untiled);
    }
    SeamMeasure measure = new SeamMeasure();
    measure.addColumns(tiled, untiled, columns);
    measure.addColumns(transposed(tiled), transposed(untiled), rows);
    return measure;
  }

  private void addColumns(FloatTensor tiled, FloatTensor untiled, SeamLines lines) {
    int width = tiled.dim(2);
    for (int x = 1; x < width - 1; x++) {
      boolean atBorder = pixelDistance(x, lines.borders()) < KINK_REACH;
      boolean atCrossing = pixelDistance(x, lines.crossings()) < KINK_REACH;
      int distance = Math.min(lines.distance(x), lines.distance(x + 1));
      boolean isBeside = distance >= BESIDE_FROM && distance < BESIDE_TO;
      boolean nearBorder = pixelDistance(x, lines.borders()) < BAND;
      boolean nearCrossing = pixelDistance(x, lines.crossings()) < BAND;
      for (int row = 0; row < 3 * tiled.dim(1); row++) {
        int at = row * width + x;
        double kink = kink(tiled.data(), at);
        double untiledKink = kink(untiled.data(), at);
        double square = Math.pow((double) tiled.data()[at] - untiled.data()[at], 2);
        all.add(square);
        if (atBorder) {
          borders.kinks.add(kink);
          borders.untiledKinks.add(untiledKink);
        }
        if (atCrossing) {
          crossings.kinks.add(kink);
          crossings.untiledKinks.add(untiledKink);
        }
        if (isBeside) {
          beside.add(kink);
          besideUntiled.add(untiledKink);
        }
        if (nearBorder) {
          borders.squares.add(square);
        }
        if (nearCrossing) {
          crossings.squares.add(square);
        }
        if (distance >= BESIDE_FROM) {
          apart.add(square);
        }
      }
    }
  }

  /** 0 for the two pixels that touch a line. */
  private static int pixelDistance(int x, Set<Integer> lines) {
    return Math.min(SeamLines.distance(x, lines), SeamLines.distance(x + 1, lines));
  }

  private static double kink(float[] values, int at) {
    return Math.abs((double) values[at - 1] - 2.0 * values[at] + values[at + 1]);
  }

  private static FloatTensor transposed(FloatTensor picture) {
    int height = picture.dim(1);
    int width = picture.dim(2);
    FloatTensor transposed = FloatTensor.zeros(3, width, height);
    for (int i = 0; i < picture.size(); i++) {
      int channel = i / (height * width);
      int y = i / width % height;
      int x = i % width;
      transposed.data()[(channel * width + x) * height + y] = picture.data()[i];
    }
    return transposed;
  }

  /** Excess of kinks at the borders of tiles. */
  double borderKinks() {
    return kinks(borders);
  }

  /** Excess of kinks where one tile goes over into the next. */
  double crossingKinks() {
    return kinks(crossings);
  }

  private double kinks(Part part) {
    return part.kinks.value() / part.untiledKinks.value() / (beside.value() / besideUntiled.value())
        - 1;
  }

  /** Difference at the borders of tiles over the difference apart from lines. */
  double borderDifference() {
    return Math.sqrt(borders.squares.value() / apart.value());
  }

  /** The same where one tile goes over into the next. */
  double crossingDifference() {
    return Math.sqrt(crossings.squares.value() / apart.value());
  }

  /** Root mean square of tiled less untiled over the whole picture, in levels of 1/255. */
  double differenceLevels() {
    return 255 * Math.sqrt(all.value());
  }
}
