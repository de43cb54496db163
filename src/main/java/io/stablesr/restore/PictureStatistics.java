package io.stablesr.restore;

import io.stablesr.core.FloatTensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * Mean and variance per group of every normalisation over a whole picture, by the key of the
 * normalisation's scale. Immutable.
 */
final class PictureStatistics {
  /** Nothing is known. */
  static final PictureStatistics UNKNOWN = new PictureStatistics(Map.of());

  private static final double LEAST_VARIANCE = 1e-6;
  private static final int ROWS = 5;
  private static final float GIVEN = 1;
  private static final float FOLLOWED = 2;

  private final Map<String, Moments> norms;

  private PictureStatistics(Map<String, Moments> norms) {
    this.norms = norms;
  }

  /** Per group. */
  private static final class Moments {
    private final double[] mean;
    private final double[] variance;

    Moments(int groups) {
      mean = new double[groups];
      variance = new double[groups];
    }

    /** Pools with the moments of other pixels (Chan, Golub and LeVeque 1979). */
    void add(double weight, double addedWeight, FloatTensor found, int norm) {
      int groups = mean.length;
      double share = addedWeight / (weight + addedWeight);
      for (int g = 0; g < groups; g++) {
        double delta = found.data()[2 * norm * groups + g] - mean[g];
        double added = found.data()[(2 * norm + 1) * groups + g];
        mean[g] += share * delta;
        variance[g] += share * (added - variance[g]) + share * (1 - share) * delta * delta;
      }
    }

    double change(Moments before) {
      double largest = 0;
      for (int g = 0; g < mean.length; g++) {
        double v = Math.max(variance[g], LEAST_VARIANCE);
        largest = Math.max(largest, Math.abs(mean[g] - before.mean[g]) / Math.sqrt(v));
        largest = Math.max(largest, Math.abs(variance[g] - before.variance[g]) / v);
      }
      return largest;
    }
  }

  /** The argument {@code norm-statistics} of a tile that has not been evaluated before. */
  FloatTensor argument(List<String> order, int groups) {
    return argument(order, groups, GIVEN, FloatTensor.zeros(order.size(), 2, groups));
  }

  /**
   * The argument for a tile with what it had, {@code [K,2,G]}, when these statistics were pooled.
   */
  FloatTensor argument(List<String> order, int groups, FloatTensor tileBefore) {
    return argument(order, groups, FOLLOWED, tileBefore);
  }

  private FloatTensor argument(List<String> order, int groups, float mode, FloatTensor tile) {
    FloatTensor argument = FloatTensor.zeros(order.size(), ROWS, groups);
    float[] to = argument.data();
    for (int k = 0; k < order.size(); k++) {
      Moments moments = norms.get(order.get(k));
      if (moments == null) {
        continue;
      }
      for (int g = 0; g < groups; g++) {
        int row = ROWS * k * groups + g;
        to[row] = (float) moments.mean[g];
        to[row + groups] = (float) moments.variance[g];
        to[row + 2 * groups] = mode;
        to[row + 3 * groups] = tile.data()[2 * k * groups + g];
        to[row + 4 * groups] = tile.data()[(2 * k + 1) * groups + g];
      }
    }
    return argument;
  }

  /**
   * Largest difference to {@code before}: of means in standard deviations, of variances as a ratio.
   * Empty where {@code before} lacks a normalisation.
   */
  OptionalDouble change(PictureStatistics before) {
    double largest = 0;
    for (Map.Entry<String, Moments> norm : norms.entrySet()) {
      Moments earlier = before.norms.get(norm.getKey());
      if (earlier == null) {
        return OptionalDouble.empty();
      }
      largest = Math.max(largest, norm.getValue().change(earlier));
    }
    return OptionalDouble.of(largest);
  }

  /** Pools what the tiles of one pass found. */
  static final class Pool {
    private final List<String> order;
    private final List<Moments> moments = new ArrayList<>();
    private double weight;

    /** For normalisations in this order. */
    Pool(List<String> order, int groups) {
      this.order = order;
      order.forEach(key -> moments.add(new Moments(groups)));
    }

    /** Adds the program's output {@code [K,2,G]} for a core of {@code area} latents. */
    void add(FloatTensor found, double area) {
      for (int k = 0; k < moments.size(); k++) {
        moments.get(k).add(weight, area, found, k);
      }
      weight += area;
    }

    /** Statistics of all that was added; the pool is used up. */
    PictureStatistics finish() {
      Map<String, Moments> norms = new LinkedHashMap<>();
      for (int k = 0; k < order.size(); k++) {
        norms.put(order.get(k), moments.get(k));
      }
      return new PictureStatistics(norms);
    }
  }
}
