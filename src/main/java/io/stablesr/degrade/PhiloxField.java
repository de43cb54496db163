package io.stablesr.degrade;

import io.stablesr.core.FloatTensor;
import io.stablesr.diffusion.NoiseDraw;
import io.stablesr.diffusion.PhiloxNoise;
import io.stablesr.diffusion.PhiloxUniform;
import io.stablesr.diffusion.Window;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/** Counter-based numbers: they depend on (seed, identity, draw, channel, y, x) alone. */
final class PhiloxField implements RandomField {
  private static final double MAX_RATE = 700;

  private final PhiloxNoise normals;
  private final PhiloxUniform uniforms;

  PhiloxField(long seed, String identity) {
    this.normals = new PhiloxNoise(seed, identity);
    this.uniforms = new PhiloxUniform(seed, identity);
  }

  @Override
  public FloatTensor normal(int draw, int channels, int height, int width) {
    return normals
        .normal(new NoiseDraw(draw), channels, Window.whole(height, width))
        .reshape(channels, height, width);
  }

  /** By inversion of the distribution function. Rates are levels of a picture: few, in a table. */
  @Override
  public FloatTensor poisson(int draw, FloatTensor rates) {
    FloatTensor counts = FloatTensor.zeros(rates.shape());
    Map<Float, double[]> tables = new HashMap<>();
    double[] row = new double[rates.dim(2)];
    int at = 0;
    for (int channel = 0; channel < rates.dim(0); channel++) {
      for (int y = 0; y < rates.dim(1); y++) {
        uniforms.fillRow(draw, channel, y, row);
        for (double uniform : row) {
          double[] table = tables.computeIfAbsent(rates.data()[at], PhiloxField::cumulative);
          counts.data()[at++] = quantile(table, uniform);
        }
      }
    }
    return counts;
  }

  /** P(count <= k) for k = 0, 1, ... until the rest is below what 53 bits tell apart. */
  private static double[] cumulative(float rate) {
    if (!(rate >= 0 && rate <= MAX_RATE)) {
      throw new IllegalArgumentException(
          "A Poisson rate is 0..%s, got %s".formatted(MAX_RATE, rate));
    }
    int length = (int) (rate + 12 * Math.sqrt(rate) + 40);
    double[] table = new double[length];
    double term = StrictMath.exp(-rate);
    double sum = 0;
    for (int k = 0; k < length; k++) {
      sum += term;
      table[k] = sum;
      term *= rate / (k + 1);
    }
    return table;
  }

  private static int quantile(double[] cumulative, double uniform) {
    int found = Arrays.binarySearch(cumulative, uniform);
    // Counts k with P(<= k) > uniform: an equal entry belongs to the next count.
    int count = found >= 0 ? found + 1 : -found - 1;
    return Math.min(count, cumulative.length - 1);
  }
}
