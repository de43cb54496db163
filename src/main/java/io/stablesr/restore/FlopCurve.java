package io.stablesr.restore;

import io.stablesr.graph.Graph;
import java.util.function.IntFunction;

/**
 * The operations of a network as a function of the latents it sees. Convolutions and linear maps
 * are linear in them, attention is quadratic, so three recordings give the function exactly.
 */
final class FlopCurve {
  private final double constant;
  private final double linear;
  private final double quadratic;

  private FlopCurve(double constant, double linear, double quadratic) {
    this.constant = constant;
    this.linear = linear;
    this.quadratic = quadratic;
  }

  /**
   * Records a network at three sizes.
   *
   * @param record the network on a square canvas of this side in latents
   * @param side smallest side the network accepts
   */
  static FlopCurve of(IntFunction<Graph> record, int side) {
    double[] n = new double[3];
    double[] flops = new double[3];
    for (int i = 0; i < 3; i++) {
      int length = side << i;
      n[i] = (double) length * length;
      flops[i] = record.apply(length).cost().flops();
    }
    double slope = (flops[1] - flops[0]) / (n[1] - n[0]);
    double quadratic = ((flops[2] - flops[1]) / (n[2] - n[1]) - slope) / (n[2] - n[0]);
    double linear = slope - quadratic * (n[0] + n[1]);
    return new FlopCurve(flops[0] - linear * n[0] - quadratic * n[0] * n[0], linear, quadratic);
  }

  /** Operations of one evaluation. */
  double at(double latents) {
    return constant + latents * (linear + quadratic * latents);
  }
}
