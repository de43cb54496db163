package io.stablesr.metric;

/** Eigenvalues and eigenvectors of a small symmetric matrix, by Jacobi's rotations. */
final class SymmetricEigen {
  private static final int MOST_SWEEPS = 100;

  /** Eigenvalues below this share of the largest count as 0 in an inverse. */
  private static final double NULL_SPACE = 1e-15;

  private final double[] values;

  /** One in each column. */
  private final double[] vectors;

  private SymmetricEigen(double[] values, double[] vectors) {
    this.values = values;
    this.vectors = vectors;
  }

  static SymmetricEigen of(double[] matrix, int n) {
    double[] a = matrix.clone();
    double[] v = new double[n * n];
    for (int i = 0; i < n; i++) {
      v[i * n + i] = 1;
    }
    for (int sweep = 0; sweep < MOST_SWEEPS && outside(a, n) > 0; sweep++) {
      for (int p = 0; p < n - 1; p++) {
        for (int q = p + 1; q < n; q++) {
          rotate(a, v, n, p, q);
        }
      }
    }
    double[] values = new double[n];
    for (int i = 0; i < n; i++) {
      values[i] = a[i * n + i];
    }
    return new SymmetricEigen(values, v);
  }

  /** {@code x^T A^+ x} with the pseudo-inverse. */
  double inverseForm(double[] x) {
    int n = values.length;
    double largest = 0;
    for (double value : values) {
      largest = Math.max(largest, Math.abs(value));
    }
    double sum = 0;
    for (int j = 0; j < n; j++) {
      if (Math.abs(values[j]) > NULL_SPACE * largest) {
        double along = 0;
        for (int i = 0; i < n; i++) {
          along += vectors[i * n + j] * x[i];
        }
        sum += along * along / values[j];
      }
    }
    return sum;
  }

  /** What is left outside of the diagonal, 0 where it is too small to change anything. */
  private static double outside(double[] a, int n) {
    double off = 0;
    double diagonal = 0;
    for (int i = 0; i < n; i++) {
      diagonal += a[i * n + i] * a[i * n + i];
      for (int j = 0; j < i; j++) {
        off += a[i * n + j] * a[i * n + j];
      }
    }
    return off <= 1e-36 * diagonal ? 0 : off;
  }

  private static void rotate(double[] a, double[] v, int n, int p, int q) {
    double apq = a[p * n + q];
    if (apq == 0) {
      return;
    }
    double theta = (a[q * n + q] - a[p * n + p]) / (2 * apq);
    double t = Math.copySign(1, theta) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
    double c = 1 / Math.sqrt(t * t + 1);
    double s = t * c;
    for (int k = 0; k < n; k++) {
      double akp = a[k * n + p];
      double akq = a[k * n + q];
      a[k * n + p] = c * akp - s * akq;
      a[k * n + q] = s * akp + c * akq;
    }
    for (int k = 0; k < n; k++) {
      double apk = a[p * n + k];
      double aqk = a[q * n + k];
      a[p * n + k] = c * apk - s * aqk;
      a[q * n + k] = s * apk + c * aqk;
      double vkp = v[k * n + p];
      double vkq = v[k * n + q];
      v[k * n + p] = c * vkp - s * vkq;
      v[k * n + q] = s * vkp + c * vkq;
    }
  }
}
