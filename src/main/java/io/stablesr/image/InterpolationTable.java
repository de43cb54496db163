package io.stablesr.image;

/**
 * Source positions and weights of a separable interpolation along one axis, with the fp32
 * arithmetic of torch's {@code interpolate(align_corners=False)}.
 *
 * <p>Tap {@code k} of output position {@code i} is at {@code [i * taps + k]}. The positions of one
 * output lie within {@code taps} consecutive source positions.
 */
final class InterpolationTable {
  private static final float CUBIC_A = -0.75f;

  private final int taps;
  private final int[] positions;
  private final float[] weights;

  private InterpolationTable(int taps, int outSize) {
    this.taps = taps;
    this.positions = new int[taps * outSize];
    this.weights = new float[taps * outSize];
  }

  static InterpolationTable cubic(int inSize, int outSize) {
    return cubic(inSize, outSize, (float) inSize / outSize);
  }

  /** {@code scale} is source pixels per output pixel where it is not the ratio of the sizes. */
  static InterpolationTable cubic(int inSize, int outSize, float scale) {
    InterpolationTable table = new InterpolationTable(4, outSize);
    for (int i = 0; i < outSize; i++) {
      float real = sourcePosition(scale, i);
      int base = Math.min((int) Math.floor(real), inSize - 1);
      float lambda = Math.min(Math.max(real - base, 0f), 1f);
      table.set(i, 0, clamp(base - 1, inSize), outerCubic(lambda + 1f));
      table.set(i, 1, clamp(base, inSize), innerCubic(lambda));
      table.set(i, 2, clamp(base + 1, inSize), innerCubic(1f - lambda));
      table.set(i, 3, clamp(base + 2, inSize), outerCubic(1f - lambda + 1f));
    }
    return table;
  }

  static InterpolationTable linear(int inSize, int outSize) {
    return linear(inSize, outSize, (float) inSize / outSize);
  }

  /** {@code scale} is source pixels per output pixel where it is not the ratio of the sizes. */
  static InterpolationTable linear(int inSize, int outSize, float scale) {
    InterpolationTable table = new InterpolationTable(2, outSize);
    for (int i = 0; i < outSize; i++) {
      float real = Math.max(sourcePosition(scale, i), 0f);
      int base = Math.min((int) real, inSize - 1);
      float lambda = Math.min(Math.max(real - base, 0f), 1f);
      table.set(i, 0, base, 1f - lambda);
      table.set(i, 1, Math.min(base + 1, inSize - 1), lambda);
    }
    return table;
  }

  /** The table of output positions {@code from} to {@code to}, the latter excluded. */
  InterpolationTable part(int from, int to) {
    InterpolationTable part = new InterpolationTable(taps, to - from);
    System.arraycopy(positions, from * taps, part.positions, 0, part.positions.length);
    System.arraycopy(weights, from * taps, part.weights, 0, part.weights.length);
    return part;
  }

  int taps() {
    return taps;
  }

  int outSize() {
    return positions.length / taps;
  }

  int[] positions() {
    return positions;
  }

  float[] weights() {
    return weights;
  }

  private void set(int out, int tap, int position, float weight) {
    positions[out * taps + tap] = position;
    weights[out * taps + tap] = weight;
  }

  /** Fused, as in torch's builds for current processors: one rounding less moves the position. */
  private static float sourcePosition(float scale, int out) {
    return Math.fma(scale, out + 0.5f, -0.5f);
  }

  private static int clamp(int position, int size) {
    return Math.max(Math.min(position, size - 1), 0);
  }

  private static float innerCubic(float x) {
    return ((CUBIC_A + 2f) * x - (CUBIC_A + 3f)) * x * x + 1f;
  }

  private static float outerCubic(float x) {
    return ((CUBIC_A * x - 5f * CUBIC_A) * x + 8f * CUBIC_A) * x - 4f * CUBIC_A;
  }
}
