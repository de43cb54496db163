package io.stablesr.train;

import io.stablesr.core.ErrorCode;
import io.stablesr.core.FloatTensor;
import io.stablesr.core.StableSrException;
import java.util.random.RandomGenerator;

/**
 * Pieces of patches, turned and mirrored at random, as a network sees them that enlarges by itself.
 *
 * @param lowQuality {@code [N,3,S/4,S/4]} in 0..1
 * @param teacher what the teacher makes of them {@code [N,3,S,S]} in -1..1
 * @param groundTruth the good pictures {@code [N,3,S,S]} in -1..1
 */
record CleanerBatch(FloatTensor lowQuality, FloatTensor teacher, FloatTensor groundTruth) {
  /**
   * Draws pieces.
   *
   * @param count pieces
   * @param side of a good piece in pixels
   * @throws StableSrException CONFIG where {@code side} is no multiple of 4 or exceeds the patches'
   */
  static CleanerBatch draw(PatchSet patches, RandomGenerator random, int count, int side) {
    CleanerBatch batch = zeros(count, side);
    for (int i = 0; i < count; i++) {
      Patch patch = patches.get(random.nextInt(patches.size()));
      if (side < Patch.SCALE || side % Patch.SCALE != 0 || side > patch.side()) {
        throw new StableSrException(
            ErrorCode.CONFIG,
            "side is %d; it must be a multiple of %d up to the patches' %d."
                .formatted(side, Patch.SCALE, patch.side()));
      }
      int places = (patch.side() - side) / Patch.SCALE + 1;
      int top = random.nextInt(places);
      int left = random.nextInt(places);
      batch.put(i, patch, new Place(top, left, random.nextInt(8)));
    }
    return batch;
  }

  /** One whole patch as it is. */
  static CleanerBatch whole(Patch patch) {
    CleanerBatch batch = zeros(1, patch.side());
    batch.put(0, patch, new Place(0, 0, 0));
    return batch;
  }

  /**
   * Where a piece is taken.
   *
   * @param top in pixels of the low-quality picture
   * @param left in pixels of the low-quality picture
   * @param turn bit 0 mirrors columns, bit 1 mirrors rows, bit 2 exchanges the two
   */
  private record Place(int top, int left, int turn) {}

  private static CleanerBatch zeros(int count, int side) {
    int low = side / Patch.SCALE;
    return new CleanerBatch(
        FloatTensor.zeros(count, 3, low, low),
        FloatTensor.zeros(count, 3, side, side),
        FloatTensor.zeros(count, 3, side, side));
  }

  private void put(int index, Patch patch, Place place) {
    int low = patch.side() / Patch.SCALE;
    copy(patch.lowQuality(), low, place, lowQuality, index, Range.UNIT);
    Place large = new Place(Patch.SCALE * place.top(), Patch.SCALE * place.left(), place.turn());
    copy(patch.teacher(), patch.side(), large, teacher, index, Range.SIGNED);
    copy(patch.groundTruth(), patch.side(), large, groundTruth, index, Range.SIGNED);
  }

  private enum Range {
    UNIT,
    SIGNED;

    float of(byte level) {
      int value = level & 0xFF;
      return this == UNIT ? value / 255f : value / 127.5f - 1;
    }
  }

  private static void copy(
      byte[] from, int fromSide, Place place, FloatTensor to, int index, Range range) {
    int side = to.dim(3);
    for (int c = 0; c < 3; c++) {
      for (int y = 0; y < side; y++) {
        for (int x = 0; x < side; x++) {
          int row = (place.turn() & 4) == 0 ? y : x;
          int column = (place.turn() & 4) == 0 ? x : y;
          row = (place.turn() & 2) == 0 ? row : side - 1 - row;
          column = (place.turn() & 1) == 0 ? column : side - 1 - column;
          to.data()[((index * 3 + c) * side + y) * side + x] =
              range.of(from[(c * fromSide + place.top() + row) * fromSide + place.left() + column]);
        }
      }
    }
  }
}
