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
      batch.put(i, patch, new Place(top, left, side, random.nextInt(8)));
    }
    return batch;
  }

  /** Whole patches as they are. */
  public static PatchBatch whole(PatchSet patches, int from, int to) {
    int side = patches.get(from).side();
    PatchBatch batch = zeros(to - from, side);
    for (int i = from; i < to; i++) {
      batch.put(i - from, patches.get(i), new Place(0, 0, side, 0));
    }
    return batch;
  }

  /**
   * Where a piece is taken.
   *
   * @param turn bit 0 mirrors columns, bit 1 mirrors rows, bit 2 exchanges the two
   */
  private record Place(int top, int left, int side, int turn) {}

  private static PatchBatch zeros(int count, int side) {
    return new PatchBatch(
        FloatTensor.zeros(count, 3, side, side),
        FloatTensor.zeros(count, 3, side, side),
        FloatTensor.zeros(count, 3, side, side));
  }

  private void put(int index, Patch patch, Place place) {
    int low = patch.side() / Patch.SCALE;
    FloatTensor enlarged =
        TorchResize.bicubic(picture(patch.lowQuality(), low), patch.side(), patch.side());
    for (int i = 0; i < enlarged.size(); i++) {
      enlarged.data()[i] = Math.max(-1, Math.min(1, enlarged.data()[i]));
    }
    copy(enlarged, source, index, place);
    copy(picture(patch.teacher(), patch.side()), teacher, index, place);
    copy(picture(patch.groundTruth(), patch.side()), groundTruth, index, place);
  }

  private static FloatTensor picture(byte[] levels, int side) {
    FloatTensor picture = FloatTensor.zeros(3, side, side);
    for (int i = 0; i < levels.length; i++) {
      picture.data()[i] = (levels[i] & 0xFF) / 127.5f - 1;
    }
    return picture;
  }

  private static void copy(FloatTensor from, FloatTensor to, int index, Place place) {
    int side = place.side();
    for (int c = 0; c < 3; c++) {
      for (int y = 0; y < side; y++) {
        for (int x = 0; x < side; x++) {
          int row = (place.turn() & 4) == 0 ? y : x;
          int column = (place.turn() & 4) == 0 ? x : y;
          row = (place.turn() & 2) == 0 ? row : side - 1 - row;
          column = (place.turn() & 1) == 0 ? column : side - 1 - column;
          to.data()[((index * 3 + c) * side + y) * side + x] =
              from.data()[
                  (c * from.dim(1) + place.top() + row) * from.dim(2) + place.left() + column];
        }
      }
    }
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
