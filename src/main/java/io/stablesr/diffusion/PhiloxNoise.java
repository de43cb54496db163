package io.stablesr.diffusion;

import io.stablesr.core.ErrorCode;
import io.stablesr.core.FloatTensor;
import io.stablesr.core.StableSrException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * Noise that depends on nothing but (seed, image identity, draw, channel, y, x): not on tiles,
 * batches, retries, threads or machines. The key of {@link Philox} is a digest of seed and
 * identity, its counter is (x, y, channel pair, draw); the two 53-bit uniforms of a block become
 * two normals, one per channel of the pair (Box and Muller 1958). Evaluated with StrictMath, so
 * every machine gives the same bits.
 */
public final class PhiloxNoise implements NoiseSource {
  private static final double TO_UNIT = 0x1.0p-53;

  private final int key0;
  private final int key1;

  /** The noise of one image under a seed. */
  public PhiloxNoise(long seed, String imageId) {
    byte[] identity = imageId.getBytes(StandardCharsets.UTF_8);
    ByteBuffer message = ByteBuffer.allocate(Long.BYTES + identity.length);
    message.putLong(seed).put(identity);
    ByteBuffer digest = ByteBuffer.wrap(sha256(message.array()));
    this.key0 = digest.getInt();
    this.key1 = digest.getInt();
  }

  @Override
  public FloatTensor normal(NoiseDraw draw, int channels, Window window) {
    int plane = Math.multiplyExact(window.height(), window.width());
    FloatTensor noise = FloatTensor.zeros(1, channels, window.height(), window.width());
    float[] values = noise.data();
    int[] words = new int[4];
    for (int channel = 0; channel < channels; channel += 2) {
      for (int row = 0; row < window.height(); row++) {
        for (int column = 0; column < window.width(); column++) {
          Philox.block(
              window.x() + column, window.y() + row, channel / 2, draw.index(), key0, key1, words);
          // (0, 1]: the logarithm of 0 must not occur.
          double radius =
              StrictMath.sqrt(-2.0 * StrictMath.log((bits53(words[0], words[1]) + 1) * TO_UNIT));
          double angle = 2.0 * Math.PI * (bits53(words[2], words[3]) * TO_UNIT);
          int at = channel * plane + row * window.width() + column;
          values[at] = (float) (radius * StrictMath.cos(angle));
          if (channel + 1 < channels) {
            values[at + plane] = (float) (radius * StrictMath.sin(angle));
          }
        }
      }
    }
    return noise;
  }

  private static long bits53(int high, int low) {
    return (((long) high << 32) | (low & 0xFFFFFFFFL)) >>> 11;
  }

  private static byte[] sha256(byte[] message) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(message);
    } catch (NoSuchAlgorithmException e) {
      throw new StableSrException(
          ErrorCode.INTERNAL,
          "This Java runtime has no SHA-256, which every runtime must have.",
          e);
    }
  }
}
