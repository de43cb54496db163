package io.stablesr.metric;

/** Singular values by one-sided Jacobi rotations, which keep small ones exact (Hestenes 1958). */
final class SingularValues {
  private static final int MOST_SWEEPS = 60;
  private static final double TOLERANCE = 1e-14;

  private SingularValues() {}

  /** The sum of the singular values of a matrix in row order. */
  static double sum(double[] matrix, int rows, int columns) {
    // Vectors whose lengths become the singular values; the fewer the better.
    int count = Math.min(rows, columns);
    int length = Math.max(rows, columns);
    double[][] vectors = new double[count][length];
    for (int i = 0; i < rows; i++) {
      for (int k = 0; k < columns; k++) {
        vectors[rows <= columns ? i : k][rows <= columns ? k : i] = matrix[i * columns + k];
      }
    }
    boolean rotated = true;
    for (int sweep = 0; sweep < MOST_SWEEPS && rotated; sweep++) {
      rotated = false;
      for (int p = 0; p < count - 1; p++) {
        for (int q = p + 1; q < count; q++) {
          rotated |= orthogonalize(vectors[p], vectors[q]);
        }
      }
    }
    double sum = 0;
    for (double[] vector : vectors) {
      sum += Math.sqrt(dot(vector, vector));
    }
    return sum;
  }

  private static boolean orthogonalize(double[] a, double[] b) {
    double aa = dot(a, a);
    double bb = dot(b, b);
    double ab = dot(a, b);
    if (Math.abs(ab) <= TOLERANCE * Math.sqrt(aa * bb) || ab == 0) {
      return false;
    }
    double zeta = (bb - aa) / (2 * ab);
    double tangent = Math.copySign(1, zeta) / (Math.abs(zeta) + Math.hypot(1, zeta));
    double cosine = 1 / Math.hypot(1, tangent);
    double sine = cosine * tangent;
    for (int i = 0; i < a.length; i++) {
      double was = a[i];
      a[i] = cosine * was - sine * b[i];
      b[i] = sine * was + cosine * b[i];
    }
    return true;
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }
}
