package io.stablesr.degrade;

import io.stablesr.core.FloatTensor;

/** The weights of a square filter, which sum to 1. Computed in double precision. */
public final class Kernel {
  private final int size;
  private final double[] weights;

  private Kernel(int size, double[] weights) {
    this.size = size;
    this.weights = weights;
  }

  /** The kernel of a shape, as large as the shape says. */
  public static Kernel of(KernelShape shape) {
    if (shape instanceof KernelShape.Blur blur) {
      return normalized(blur.size(), (y, x) -> density(blur, y, x));
    }
    if (shape instanceof KernelShape.Sinc sinc) {
      return normalized(sinc.size(), (y, x) -> lowPass(sinc.cutoff(), Math.sqrt(y * y + x * x)));
    }
    return new Kernel(1, new double[] {1});
  }

  /** Weights {@code [size,size]}, the rows of a square. */
  public static Kernel of(FloatTensor square) {
    if (square.rank() != 2 || square.dim(0) != square.dim(1) || square.dim(0) % 2 == 0) {
      throw new IllegalArgumentException("Expected an odd square of weights, got " + square);
    }
    double[] weights = new double[square.size()];
    for (int i = 0; i < weights.length; i++) {
      weights[i] = square.data()[i];
    }
    return new Kernel(square.dim(0), weights);
  }

  /** The side in pixels, odd. */
  public int size() {
    return size;
  }

  /** A copy of the weights, row after row. */
  public double[] weights() {
    return weights.clone();
  }

  double weight(int y, int x) {
    return weights[y * size + x];
  }

  private interface Profile {
    /** The value at an offset from the centre. */
    double at(int y, int x);
  }

  private static Kernel normalized(int size, Profile profile) {
    double[] weights = new double[size * size];
    double sum = 0;
    for (int i = 0; i < weights.length; i++) {
      weights[i] = profile.at(i / size - size / 2, i % size - size / 2);
      sum += weights[i];
    }
    for (int i = 0; i < weights.length; i++) {
      weights[i] /= sum;
    }
    return new Kernel(size, weights);
  }

  private static double density(KernelShape.Blur blur, int y, int x) {
    double cos = StrictMath.cos(blur.rotation());
    double sin = StrictMath.sin(blur.rotation());
    double along = (cos * x + sin * y) / blur.sigmaX();
    double across = (cos * y - sin * x) / blur.sigmaY();
    return blur.family().value(along * along + across * across, blur.beta());
  }

  private static double lowPass(double cutoff, double radius) {
    return radius == 0
        ? cutoff * cutoff / (4 * Math.PI)
        : cutoff * BesselFunctions.j1(cutoff * radius) / (2 * Math.PI * radius);
  }
}
