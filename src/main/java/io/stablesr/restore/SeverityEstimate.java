package io.stablesr.restore;

import io.stablesr.core.FloatTensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/**
 * How badly a picture is degraded, guessed from the picture alone (docs/precleaning.md). All is
 * measured on luma in levels of 8 bits; of pictures above a million pixels windows are looked at
 * that are spread over it.
 *
 * @param noiseLevels standard deviation of the noise in levels: Immerkær's mask (1996) in blocks of
 *     16x16, of which the lower quartile counts because texture only adds
 * @param blockiness by which differences across the lines of an 8x8 grid exceed those beside them,
 *     as a share of the mean difference; the smaller of both directions
 * @param blur loss of variation under a second blur, as perceived (Crete et al. 2007): near 0.2 for
 *     sharp pictures, towards 1 for blurred ones
 */
public record SeverityEstimate(double noiseLevels, double blockiness, double blur) {
  /** Noise that is severe by itself. */
  static final double SEVERE_NOISE_LEVELS = 6;

  /** Blockiness that is severe by itself. */
  static final double SEVERE_BLOCKINESS = 0.5;

  /** Blur that is severe by itself. */
  static final double SEVERE_BLUR = 0.6;

  private static final int GRID = 8;
  private static final int BLOCK = 16;
  private static final int BOX = 9;
  private static final int WINDOW = 256;
  private static final int WINDOWS_PER_SIDE = 4;
  private static final int WHOLE_PIXELS = 1 << 20;

  /** Noise of blocks with more values than this at the end of their range is cut off. */
  private static final double MOST_CLIPPED = 0.02;

  /** Fewer free blocks than this do not speak for the picture. */
  private static final double LEAST_FREE = 0.1;

  /**
   * Estimates.
   *
   * @param picture {@code [3,H,W]} in 0..1
   */
  public static SeverityEstimate of(FloatTensor picture) {
    int height = picture.dim(1);
    int width = picture.dim(2);
    Sums sums = new Sums();
    if ((long) height * width <= WHOLE_PIXELS) {
      sums.add(picture, new Part(0, 0, luma(picture, 0, 0, height, width)));
    } else {
      for (int row = 0; row < WINDOWS_PER_SIDE; row++) {
        for (int column = 0; column < WINDOWS_PER_SIDE; column++) {
          int rows = Math.min(WINDOW, height);
          int columns = Math.min(WINDOW, width);
          int top = place(row, height - rows);
          int left = place(column, width - columns);
          sums.add(picture, new Part(top, left, luma(picture, top, left, rows, columns)));
        }
      }
    }
    return sums.estimate();
  }

  /** The luma of a window that begins at {@code top, left}. */
  @SuppressWarnings("ArrayRecordComponent")
  private record Part(int top, int left, float[][] luma) {}

  /** Windows begin on multiples of the grid, so that its lines fall together. */
  private static int place(int index, int room) {
    return room * index / (WINDOWS_PER_SIDE - 1) / GRID * GRID;
  }

  private static float[][] luma(FloatTensor picture, int top, int left, int height, int width) {
    float[] data = picture.data();
    int plane = picture.dim(1) * picture.dim(2);
    float[][] luma = new float[height][width];
    for (int y = 0; y < height; y++) {
      int at = (top + y) * picture.dim(2) + left;
      for (int x = 0; x < width; x++, at++) {
        luma[y][x] =
            255 * (0.299f * data[at] + 0.587f * data[plane + at] + 0.114f * data[2 * plane + at]);
      }
    }
    return luma;
  }

  /**
   * 0 for a picture with nothing wrong, 1 where the worst of noise, blocks and blur is severe, more
   * beyond.
   */
  public double severity() {
    return Math.max(
        noiseLevels / SEVERE_NOISE_LEVELS,
        Math.max(blockiness / SEVERE_BLOCKINESS, blur / SEVERE_BLUR));
  }

  /** The severity and its three parts, for people. */
  public String text() {
    return String.format(Locale.ROOT, "severity %.2f (%s)", severity(), parts());
  }

  /** The three parts, for rows. */
  String parts() {
    return String.format(
        Locale.ROOT,
        "noise %.1f levels, blockiness %.2f, blur %.2f",
        noiseLevels,
        blockiness,
        blur);
  }

  /** What is added up over windows. */
  private static final class Sums {
    private final List<Double> freeNoise = new ArrayList<>();
    private final List<Double> cutNoise = new ArrayList<>();
    private final GridLines across = new GridLines();
    private final GridLines down = new GridLines();
    private final Variation horizontal = new Variation();
    private final Variation vertical = new Variation();

    void add(FloatTensor picture, Part part) {
      float[][] luma = part.luma();
      float[][] turned = transposed(luma);
      addNoise(picture, part, freeNoise, cutNoise);
      across.add(luma);
      down.add(turned);
      horizontal.add(luma);
      vertical.add(turned);
    }

    SeverityEstimate estimate() {
      return new SeverityEstimate(
          noise(),
          Math.max(0, Math.min(across.excess(), down.excess())),
          Math.max(horizontal.loss(), vertical.loss()));
    }

    private double noise() {
      List<Double> blocks = new ArrayList<>(freeNoise);
      if (freeNoise.size() < LEAST_FREE * (freeNoise.size() + cutNoise.size())) {
        blocks.addAll(cutNoise);
      }
      Collections.sort(blocks);
      return blocks.isEmpty() ? 0 : blocks.get(blocks.size() / 4);
    }
  }

  private static float[][] transposed(float[][] luma) {
    float[][] turned = new float[luma[0].length][luma.length];
    for (int y = 0; y < luma.length; y++) {
      for (int x = 0; x < luma[0].length; x++) {
        turned[x][y] = luma[y][x];
      }
    }
    return turned;
  }

  /** The noise of each block, those that are cut off at black or white apart. */
  private static void addNoise(
      FloatTensor picture, Part part, List<Double> free, List<Double> cut) {
    float[][] luma = part.luma();
    for (int top = 1; top + BLOCK < luma.length; top += BLOCK) {
      for (int left = 1; left + BLOCK < luma[0].length; left += BLOCK) {
        double sum = 0;
        int clipped = 0;
        for (int y = top; y < top + BLOCK; y++) {
          for (int x = left; x < left + BLOCK; x++) {
            sum += Math.abs(masked(luma, y, x));
            clipped += clipped(picture, part.top() + y, part.left() + x);
          }
        }
        double noise = Math.sqrt(Math.PI / 2) / 6 * sum / (BLOCK * BLOCK);
        (clipped > MOST_CLIPPED * 3 * BLOCK * BLOCK ? cut : free).add(noise);
      }
    }
  }

  /** How many of the colours of a pixel are at the end of their range. */
  private static int clipped(FloatTensor picture, int y, int x) {
    int count = 0;
    for (int channel = 0; channel < 3; channel++) {
      float value = picture.data()[(channel * picture.dim(1) + y) * picture.dim(2) + x];
      count += value <= 0 || value >= 1 ? 1 : 0;
    }
    return count;
  }

  /** The difference of two Laplacians; of white noise it has six times the deviation. */
  private static double masked(float[][] p, int y, int x) {
    return p[y - 1][x - 1]
        + p[y - 1][x + 1]
        + p[y + 1][x - 1]
        + p[y + 1][x + 1]
        - 2.0 * (p[y - 1][x] + p[y + 1][x] + p[y][x - 1] + p[y][x + 1])
        + 4.0 * p[y][x];
  }

  /** Differences of neighbours in a row, by their place modulo the grid. */
  private static final class GridLines {
    private final double[] step = new double[GRID];
    private final double[] excess = new double[GRID];
    private final long[] count = new long[GRID];

    void add(float[][] luma) {
      for (float[] row : luma) {
        for (int x = 2; x + 2 < row.length; x++) {
          double here = Math.abs(row[x] - row[x - 1]);
          double beside = (Math.abs(row[x - 1] - row[x - 2]) + Math.abs(row[x + 1] - row[x])) / 2;
          step[x % GRID] += here;
          excess[x % GRID] += here - beside;
          count[x % GRID]++;
        }
      }
    }

    /** The grid may begin anywhere; the most conspicuous line counts, less what others show. */
    double excess() {
      double all = Arrays.stream(step).sum() / Math.max(1, Arrays.stream(count).sum());
      double[] shares = new double[GRID];
      for (int i = 0; i < GRID; i++) {
        shares[i] = count[i] == 0 ? 0 : excess[i] / count[i] / Math.max(all, 1e-3);
      }
      Arrays.sort(shares);
      return shares[GRID - 1] - Math.max(0, shares[GRID - 2]);
    }
  }

  /** Variation along rows, before and after a blur along rows. */
  private static final class Variation {
    private double sharp;
    private double kept;

    void add(float[][] luma) {
      for (float[] row : luma) {
        if (row.length <= BOX + 1) {
          continue;
        }
        double sum = 0;
        for (int x = 0; x < BOX; x++) {
          sum += row[x];
        }
        int half = BOX / 2;
        double before = sum / BOX;
        for (int x = half + 1; x + half < row.length; x++) {
          sum += row[x + half] - row[x - half - 1];
          double after = sum / BOX;
          double own = Math.abs(row[x] - row[x - 1]);
          sharp += own;
          kept += Math.max(0, own - Math.abs(after - before));
          before = after;
        }
      }
    }

    double loss() {
      return sharp == 0 ? 0 : (sharp - kept) / sharp;
    }
  }
}
