package io.stablesr.metric;

import java.util.Arrays;

/**
 * The statistics of natural scenes that NIQE compares: of every block 18 numbers at full size and
 * 18 at half size.
 */
final class NiqeFeatures {
  /** Numbers per block. */
  static final int COUNT = 36;

  static final int BLOCK = 96;

  private static final int PER_SCALE = 18;
  private static final int[][] SHIFTS = {{0, 1}, {1, 0}, {1, 1}, {1, -1}};
  private static final double[] WINDOW = GaussianLine.of(7, 7 / 6.0);

  private NiqeFeatures() {}

  /** Normalised luma: {@code (I - mean) / (deviation + 1)}, and the local deviation. */
  private static final class Contrast {
    private final double[] normalized;
    private final double[] deviation;

    private Contrast(double[] normalized, double[] deviation) {
      this.normalized = normalized;
      this.deviation = deviation;
    }

    static Contrast of(double[] luma, int height, int width) {
      double[] mean = GaussianLine.replicated(luma, height, width, WINDOW);
      double[] squares = new double[luma.length];
      for (int i = 0; i < luma.length; i++) {
        squares[i] = luma[i] * luma[i];
      }
      double[] second = GaussianLine.replicated(squares, height, width, WINDOW);
      double[] normalized = new double[luma.length];
      double[] deviation = new double[luma.length];
      for (int i = 0; i < luma.length; i++) {
        deviation[i] = Math.sqrt(Math.abs(second[i] - mean[i] * mean[i]));
        normalized[i] = (luma[i] - mean[i]) / (deviation[i] + 1);
      }
      return new Contrast(normalized, deviation);
    }
  }

  /** The blocks of a picture, row after row. */
  static final class Blocks {
    private final double[][] features;
    private final double[] sharpness;

    private Blocks(double[][] features, double[] sharpness) {
      this.features = features;
      this.sharpness = sharpness;
    }

    /** {@code [blocks][36]}. */
    double[][] features() {
      return features;
    }

    /** Mean local deviation of each block at full size. */
    double[] sharpness() {
      return sharpness;
    }
  }

  /**
   * @param luma {@code [H*W]} in 0..255, sides multiples of 96
   */
  static Blocks of(double[] luma, int height, int width) {
    int rows = height / BLOCK;
    int columns = width / BLOCK;
    double[][] features = new double[rows * columns][COUNT];
    double[] sharpness = new double[rows * columns];
    double[] plane = luma;
    for (int scale = 0; scale < 2; scale++) {
      int side = BLOCK >> scale;
      int planeWidth = width >> scale;
      Contrast contrast = Contrast.of(plane, height >> scale, planeWidth);
      for (int block = 0; block < features.length; block++) {
        int corner = block / columns * side * planeWidth + block % columns * side;
        double[] part = block(contrast.normalized, planeWidth, corner, side);
        describe(part, side, features[block], scale * PER_SCALE);
        if (scale == 0) {
          sharpness[block] =
              Arrays.stream(block(contrast.deviation, planeWidth, corner, side))
                  .average()
                  .orElseThrow();
        }
      }
      if (scale == 0) {
        plane = MatlabHalf.resize(luma, height, width);
      }
    }
    return new Blocks(features, sharpness);
  }

  private static double[] block(double[] plane, int width, int corner, int side) {
    double[] block = new double[side * side];
    for (int y = 0; y < side; y++) {
      System.arraycopy(plane, corner + y * width, block, y * side, side);
    }
    return block;
  }

  private static void describe(double[] block, int side, double[] features, int from) {
    AsymmetricGaussian own = AsymmetricGaussian.fit(block);
    features[from] = own.alpha();
    features[from + 1] = (own.left() + own.right()) / 2;
    int at = from + 2;
    for (int[] shift : SHIFTS) {
      AsymmetricGaussian pair = AsymmetricGaussian.fit(neighbours(block, side, shift));
      features[at++] = pair.alpha();
      features[at++] = pair.mean();
      features[at++] = pair.left();
      features[at++] = pair.right();
    }
  }

  /** The products with the neighbours in one direction; the block is closed to a ring. */
  private static double[] neighbours(double[] block, int side, int[] shift) {
    double[] products = new double[block.length];
    for (int y = 0; y < side; y++) {
      int row = Math.floorMod(y - shift[0], side) * side;
      for (int x = 0; x < side; x++) {
        products[y * side + x] =
            block[y * side + x] * block[row + Math.floorMod(x - shift[1], side)];
      }
    }
    return products;
  }
}
