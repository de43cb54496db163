package io.stablesr.train;

import io.stablesr.core.FloatTensor;
import io.stablesr.image.TorchResize;
import java.util.random.RandomGenerator;

/**
 * Pieces of patches, turned and mirrored at random, in -1..1.
 *
 * @param source low-quality pictures, enlarged as at inference {@code [N,3,S,S]}
 * @param teacher what the teacher makes of them
 * @param groundTruth the good pictures
 */
public record PatchBatch(FloatTensor source, FloatTensor teacher, FloatTensor groundTruth) {
  /**
   * Draws pieces.
   *
   * @param count pieces
   * @param side of a piece in pixels, a multiple of the scale
   */
  public static PatchBatch draw(PatchSet patches, RandomGenerator random, int count, int side) {
    PatchBatch batch = zeros(count, side);
    for (int i = 0; i < count; i++) {
      Patch patch = patches.get(random.nextInt(patches.size()));
      int places = (patch.side() - side) / Patch.SCALE + 1;
      int top = Patch.SCALE * random.nextInt(places);
      int left = Patch.SCALE * random.nextInt(places);
      batch.put(i, patch, new PiecePlace(top, left, random.nextInt(8)));
    }
    return batch;
  }

  /** Whole patches as they are. */
  public static PatchBatch whole(PatchSet patches, int from, int to) {
    int side = patches.get(from).side();
    PatchBatch batch = zeros(to - from, side);
    for (int i = from; i < to; i++) {
      batch.put(i - from, patches.get(i), PiecePlace.CORNER);
    }
    return batch;
  }

  private static PatchBatch zeros(int count, int side) {
    return new PatchBatch(
        FloatTensor.zeros(count, 3, side, side),
        FloatTensor.zeros(count, 3, side, side),
        FloatTensor.zeros(count, 3, side, side));
  }

  private void put(int index, Patch patch, PiecePlace place) {
    int low = patch.side() / Patch.SCALE;
    FloatTensor enlarged =
        TorchResize.bicubic(picture(patch.lowQuality(), low), patch.side(), patch.side());
    for (int i = 0; i < enlarged.size(); i++) {
      enlarged.data()[i] = Math.max(-1, Math.min(1, enlarged.data()[i]));
    }
    place.copy(i -> enlarged.data()[i], patch.side(), source, index);
    place.copy(i -> signed(patch.teacher()[i]), patch.side(), teacher, index);
    place.copy(i -> signed(patch.groundTruth()[i]), patch.side(), groundTruth, index);
  }

  private static FloatTensor picture(byte[] levels, int side) {
    FloatTensor picture = FloatTensor.zeros(3, side, side);
    for (int i = 0; i < levels.length; i++) {
      picture.data()[i] = signed(levels[i]);
    }
    return picture;
  }

  /** A level 0..255 in -1..1. */
  static float signed(byte level) {
    return (level & 0xFF) / 127.5f - 1;
  }

  /** {@code share * teacher + (1 - share) * ground truth}. */
  public FloatTensor target(double share) {
    return blend(teacher, groundTruth, share);
  }

  private static FloatTensor blend(FloatTensor a, FloatTensor b, double share) {
    FloatTensor out = FloatTensor.zeros(a.shape());
    float weight = (float) share;
    for (int i = 0; i < out.size(); i++) {
      out.data()[i] = weight * a.data()[i] + (1 - weight) * b.data()[i];
    }
    return out;
  }

  /** The number of pieces. */
  public int count() {
    return source.dim(0);
  }
}
