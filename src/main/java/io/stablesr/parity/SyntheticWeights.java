package io.stablesr.parity;

import io.stablesr.checkpoint.ElementType;
import io.stablesr.checkpoint.HalfPrecision;
import io.stablesr.checkpoint.SafetensorsWriter;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.stream.LongStream;

/**
 * Weights that are a pure function of a tensor's key and shape: FNV-1a of the key seeds a
 * splitmix64 counter, and the rules of {@link SyntheticRules} scale its draws. Recorded outputs of
 * full-size networks were made with them, so no weight file is needed to compare.
 */
public final class SyntheticWeights {
  private static final int CHUNK_VALUES = 1 << 18;
  private static final int BUFFER_VALUES = 1 << 20;
  private static final long GAMMA = 0x9E3779B97F4A7C15L;

  private SyntheticWeights() {}

  /**
   * All values of a tensor in row-major order.
   *
   * @param shape dimensions; empty for a scalar
   * @throws IllegalArgumentException for more than 2^31 - 1 values
   */
  public static float[] values(String key, long[] shape, SyntheticRules rules) {
    long size = size(shape);
    if (size > Integer.MAX_VALUE - 8) {
      throw new IllegalArgumentException(
          "%s %s has %d values, too many for one array; use fill"
              .formatted(key, Arrays.toString(shape), size));
    }
    float[] values = new float[(int) size];
    fill(key, shape, rules, 0, values, values.length);
    return values;
  }

  /**
   * The values {@code first} to {@code first + count - 1} of a tensor, into the front of {@code
   * target}, computed by all cores.
   */
  public static void fill(
      String key, long[] shape, SyntheticRules rules, long first, float[] target, int count) {
    long seed = seed(rules.seedName(key));
    SyntheticRules.Affine rule = rules.ruleFor(key, shape);
    int chunks = (count + CHUNK_VALUES - 1) / CHUNK_VALUES;
    LongStream.range(0, chunks)
        .parallel()
        .forEach(
            chunk -> {
              int from = (int) (chunk * CHUNK_VALUES);
              int to = Math.min(count, from + CHUNK_VALUES);
              draw(seed + (first + from) * GAMMA, rule, target, from, to);
            });
  }

  /**
   * Adds a tensor to a file; its values are computed when they are written.
   *
   * @param type F32, F16 or BF16
   */
  public static void add(
      SafetensorsWriter writer, String key, long[] shape, ElementType type, SyntheticRules rules) {
    writer.add(key, type, shape, () -> encoded(key, shape, type, rules));
  }

  private static ByteBuffer encoded(
      String key, long[] shape, ElementType type, SyntheticRules rules) {
    long size = size(shape);
    ByteBuffer bytes =
        ByteBuffer.allocate(Math.toIntExact(size * type.bytes())).order(ByteOrder.LITTLE_ENDIAN);
    float[] values = new float[(int) Math.min(size, BUFFER_VALUES)];
    for (long first = 0; first < size; first += values.length) {
      int count = (int) Math.min(values.length, size - first);
      fill(key, shape, rules, first, values, count);
      for (int i = 0; i < count; i++) {
        switch (type) {
          case F32 -> bytes.putFloat(values[i]);
          case F16 -> bytes.putShort(HalfPrecision.toF16(values[i]));
          case BF16 -> bytes.putShort(HalfPrecision.toBf16(values[i]));
          default -> throw new IllegalArgumentException("Cannot encode floats as " + type);
        }
      }
    }
    return bytes.flip();
  }

  /** How many values a tensor of this shape has. */
  public static long size(long[] shape) {
    return Arrays.stream(shape).reduce(1, Math::multiplyExact);
  }

  /** FNV-1a, 64 bits, over the UTF-8 bytes. */
  static long seed(String name) {
    long hash = 0xcbf29ce484222325L;
    for (byte value : name.getBytes(StandardCharsets.UTF_8)) {
      hash = (hash ^ (value & 0xFF)) * 0x100000001b3L;
    }
    return hash;
  }

  private static void draw(
      long state, SyntheticRules.Affine rule, float[] target, int from, int to) {
    double offset = rule.offset();
    double scale = rule.scale();
    boolean absolute = rule.sign() == SyntheticRules.Sign.DROPPED;
    long counter = state;
    for (int i = from; i < to; i++) {
      counter += GAMMA;
      long z = counter;
      z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
      z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
      z ^= z >>> 31;
      double u = (z >>> 40) / 8388608.0 - 1.0;
      target[i] = (float) (offset + scale * (absolute ? Math.abs(u) : u));
    }
  }
}
