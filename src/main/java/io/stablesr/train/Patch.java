package io.stablesr.train;

import io.stablesr.checkpoint.Checkpoint;
import io.stablesr.checkpoint.ElementType;
import io.stablesr.checkpoint.SafetensorsWriter;
import io.stablesr.core.FloatTensor;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Map;

/**
 * One example in 8-bit levels, row-major {@code [3,H,W]}: a good picture, what the network sees of
 * it, and what the teacher makes of that. Arrays are shared, not copied.
 */
public final class Patch {
  /** Enlargement between the two pictures. */
  public static final int SCALE = 4;

  private static final String GROUND_TRUTH = "ground-truth";
  private static final String LOW_QUALITY = "low-quality";
  private static final String TEACHER = "teacher";

  private final int side;
  private final byte[] groundTruth;
  private final byte[] lowQuality;
  private final byte[] teacher;

  /**
   * A patch of pictures {@code [3,side,side]}, {@code [3,side/4,side/4]} and {@code [3,side,side]}.
   */
  public Patch(int side, byte[] groundTruth, byte[] lowQuality, byte[] teacher) {
    int low = side / SCALE;
    if (side % SCALE != 0
        || groundTruth.length != 3 * side * side
        || teacher.length != 3 * side * side
        || lowQuality.length != 3 * low * low) {
      throw new IllegalArgumentException("The pictures of a patch do not fit its side " + side);
    }
    this.side = side;
    this.groundTruth = groundTruth;
    this.lowQuality = lowQuality;
    this.teacher = teacher;
  }

  /** Side of the good picture in pixels. */
  public int side() {
    return side;
  }

  /** The good picture. */
  public byte[] groundTruth() {
    return groundTruth;
  }

  /** What the network sees. */
  public byte[] lowQuality() {
    return lowQuality;
  }

  /** What the teacher makes of it. */
  public byte[] teacher() {
    return teacher;
  }

  /** Writes the patch as a safetensors file with these remarks. */
  void write(Path file, Map<String, String> remarks) {
    int low = side / SCALE;
    new SafetensorsWriter(remarks)
        .add(GROUND_TRUTH, ElementType.U8, square(side), () -> ByteBuffer.wrap(groundTruth))
        .add(LOW_QUALITY, ElementType.U8, square(low), () -> ByteBuffer.wrap(lowQuality))
        .add(TEACHER, ElementType.U8, square(side), () -> ByteBuffer.wrap(teacher))
        .write(file);
  }

  /** Reads a patch. */
  static Patch read(Path file) {
    try (Checkpoint checkpoint = Checkpoint.open(file)) {
      return new Patch(
          Math.toIntExact(checkpoint.get(GROUND_TRUTH).shape()[1]),
          bytes(checkpoint, GROUND_TRUTH),
          bytes(checkpoint, LOW_QUALITY),
          bytes(checkpoint, TEACHER));
    }
  }

  private static byte[] bytes(Checkpoint checkpoint, String name) {
    ByteBuffer buffer = checkpoint.get(name).bytes();
    byte[] bytes = new byte[buffer.remaining()];
    buffer.get(bytes);
    return bytes;
  }

  /** Rounds {@code [3,H,W]} in 0..1 to levels. */
  static byte[] levels(FloatTensor picture) {
    byte[] levels = new byte[picture.size()];
    for (int i = 0; i < levels.length; i++) {
      float value = Math.min(Math.max(picture.data()[i], 0f), 1f);
      levels[i] = (byte) Math.round(value * 255f);
    }
    return levels;
  }

  private static long[] square(int side) {
    return new long[] {3, side, side};
  }
}
