package io.stablesr.diffusion;

import io.stablesr.core.FloatTensor;
import java.util.stream.IntStream;

/**
 * Noise that depends on nothing but (seed, image identity, draw, channel, y, x): not on tiles,
 * batches, retries, threads or machines. The key of {@link Philox} is a digest of seed and
 * identity, its counter is (x, y, channel pair, draw); the two 53-bit uniforms of a block become
 * two normals, one per channel of the pair (Box and Muller 1958). Evaluated with StrictMath, so
 * every machine gives the same bits.
 */
public final class PhiloxNoise implements NoiseSource {
  private static final double TO_UNIT = 0x1.0p-53;

  private final PhiloxKey key;

  /** The noise of one image under a seed. */
  public PhiloxNoise(long seed, String imageId) {
    this.key = PhiloxKey.of(seed, imageId);
  }

  @Override
  public FloatTensor normal(NoiseDraw draw, int channels, Window window) {
    FloatTensor noise = FloatTensor.zeros(1, channels, window.height(), window.width());
    // Every value is by itself, so rows in parallel give the same ones.
    IntStream.range(0, window.height())
        .parallel()
        .forEach(row -> fill(noise, draw, channels, window, row));
    return noise;
  }

  private void fill(FloatTensor noise, NoiseDraw draw, int channels, Window window, int row) {
    int plane = Math.multiplyExact(window.height(), window.width());
    float[] values = noise.data();
    int[] words = new int[4];
    for (int channel = 0; channel < channels; channel += 2) {
      for (int column = 0; column < window.width(); column++) {
        Philox.block(
            window.x() + column,
            window.y() + row,
            channel / 2,
            draw.index(),
            key.word0(),
            key.word1(),
            words);
        // (0, 1]: the logarithm of 0 must not occur.
        double radius =
            StrictMath.sqrt(
                -2.0 * StrictMath.log((PhiloxUniform.bits53(words[0], words[1]) + 1) * TO_UNIT));
        double angle = 2.0 * Math.PI * (PhiloxUniform.bits53(words[2], words[3]) * TO_UNIT);
        int at = channel * plane + row * window.width() + column;
        values[at] = (float) (radius * StrictMath.cos(angle));
        if (channel + 1 < channels) {
          values[at + plane] = (float) (radius * StrictMath.sin(angle));
        }
      }
    }
  }
}
