package io.stablesr.train;

import io.stablesr.core.ErrorCode;
import io.stablesr.core.FloatTensor;
import io.stablesr.core.StableSrException;
import io.stablesr.image.PilResize;
import java.util.BitSet;
import java.util.random.RandomGenerator;

/**
 * Pieces of patches, turned and mirrored at random, as a cleaner sees them and what it shall make
 * of them.
 *
 * @param lowQuality {@code [N,3,S/4,S/4]} in 0..1
 * @param teacher what the teacher makes of them {@code [N,3,S,S]} in -1..1; reduced to {@code S/4}
 *     for a cleaner of scale 1
 * @param groundTruth the good pictures, as large
 * @param kept those of them, by index, that a cleaner of scale 1 shall leave as they are
 */
record CleanerBatch(
    FloatTensor lowQuality, FloatTensor teacher, FloatTensor groundTruth, BitSet kept) {
  CleanerBatch {
    if (!teacher.sameShape(groundTruth) || kept.length() > lowQuality.dim(0)) {
      throw new IllegalArgumentException(
          "%s, %s and %d kept pieces do not belong together"
              .formatted(teacher, groundTruth, kept.length()));
    }
  }

  /**
   * Draws pieces.
   *
   * @param count pieces
   * @param side of a good piece in pixels
   * @throws StableSrException CONFIG where {@code side} is no multiple of 4 or exceeds the patches'
   */
  static CleanerBatch draw(CleanerExamples examples, RandomGenerator random, int count, int side) {
    CleanerBatch batch = zeros(count, side);
    for (int i = 0; i < count; i++) {
      CleanerExamples.Example example = examples.draw(random);
      Patch patch = example.patch();
      if (side < Patch.SCALE || side % Patch.SCALE != 0 || side > patch.side()) {
        throw new StableSrException(
            ErrorCode.CONFIG,
            "side is %d; it must be a multiple of %d up to the patches' %d."
                .formatted(side, Patch.SCALE, patch.side()));
      }
      int places = (patch.side() - side) / Patch.SCALE + 1;
      int top = random.nextInt(places);
      int left = random.nextInt(places);
      batch.put(i, patch, new PiecePlace(top, left, random.nextInt(8)));
      batch.kept.set(i, example.aim() == CleanerExamples.Aim.KEEP);
    }
    return batch;
  }

  /** One whole patch as it is. */
  static CleanerBatch whole(Patch patch) {
    CleanerBatch batch = zeros(1, patch.side());
    batch.put(0, patch, PiecePlace.CORNER);
    return batch;
  }

  /**
   * The same for a cleaner of this scale: with 1 the pictures to reach are reduced bicubically, and
   * those of kept pieces are the pieces themselves.
   */
  CleanerBatch forScale(int scale) {
    return scale == Patch.SCALE
        ? this
        : new CleanerBatch(lowQuality, target(teacher), target(groundTruth), kept);
  }

  private FloatTensor target(FloatTensor pictures) {
    FloatTensor small = reduced(pictures);
    int size = small.size() / small.dim(0);
    for (int i = kept.nextSetBit(0); i >= 0; i = kept.nextSetBit(i + 1)) {
      for (int j = i * size; j < (i + 1) * size; j++) {
        small.data()[j] = 2 * lowQuality.data()[j] - 1;
      }
    }
    return small;
  }

  private FloatTensor reduced(FloatTensor pictures) {
    int side = pictures.dim(2);
    FloatTensor small = FloatTensor.zeros(lowQuality.shape());
    int low = lowQuality.dim(2);
    for (int i = 0; i < pictures.dim(0); i++) {
      float[] data = pictures.data();
      FloatTensor one = FloatTensor.zeros(3, side, side);
      System.arraycopy(data, i * one.size(), one.data(), 0, one.size());
      FloatTensor made = PilResize.bicubicFloats(one, low, low);
      System.arraycopy(made.data(), 0, small.data(), i * made.size(), made.size());
    }
    return small;
  }

  private static CleanerBatch zeros(int count, int side) {
    int low = side / Patch.SCALE;
    return new CleanerBatch(
        FloatTensor.zeros(count, 3, low, low),
        FloatTensor.zeros(count, 3, side, side),
        FloatTensor.zeros(count, 3, side, side),
        new BitSet());
  }

  /**
   * @param place in the low-quality picture
   */
  private void put(int index, Patch patch, PiecePlace place) {
    int low = patch.side() / Patch.SCALE;
    PiecePlace large = place.enlarged(Patch.SCALE);
    place.copy(i -> (patch.lowQuality()[i] & 0xFF) / 255f, low, lowQuality, index);
    large.copy(i -> PatchBatch.signed(patch.teacher()[i]), patch.side(), teacher, index);
    large.copy(i -> PatchBatch.signed(patch.groundTruth()[i]), patch.side(), groundTruth, index);
  }
}
