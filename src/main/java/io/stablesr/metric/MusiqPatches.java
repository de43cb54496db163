package io.stablesr.metric;

import io.stablesr.core.FloatTensor;
import io.stablesr.image.TorchResize;
import io.stablesr.network.MultiScaleTransformer;
import java.util.ArrayList;
import java.util.List;

/**
 * The patches that MUSIQ looks at: of the picture with its longer side at 224 and at 384 pixels,
 * then of the picture itself.
 *
 * <p>The published code fills the tokens of the smaller sizes up to 49 and 144 and hides what it
 * filled in from the attention; here they are left out, which is the same.
 */
public final class MusiqPatches {
  private static final int PATCH = MultiScaleTransformer.PATCH_PIXELS;
  private static final int[] LONGER_SIDES = {224, 384};

  /** Cells of the grid of positions in each direction. */
  private static final int GRID = 10;

  private final List<float[]> pixels = new ArrayList<>();
  private final List<Integer> places = new ArrayList<>();
  private final List<Integer> scales = new ArrayList<>();

  private MusiqPatches() {}

  /** Of a picture {@code [3,H,W]} in 0..1. */
  public static MusiqPatches of(FloatTensor picture) {
    FloatTensor signed = FloatTensor.zeros(picture.shape());
    for (int i = 0; i < signed.size(); i++) {
      signed.data()[i] = (picture.data()[i] - 0.5f) * 2;
    }
    MusiqPatches patches = new MusiqPatches();
    int height = picture.dim(1);
    int width = picture.dim(2);
    for (int scale = 0; scale < LONGER_SIDES.length; scale++) {
      double ratio = (double) LONGER_SIDES[scale] / Math.max(height, width);
      // Halves go to the even number, as in Python.
      int rows = (int) Math.rint(height * ratio);
      int columns = (int) Math.rint(width * ratio);
      patches.add(TorchResize.bicubic(signed, rows, columns), scale);
    }
    patches.add(signed, LONGER_SIDES.length);
    return patches;
  }

  private void add(FloatTensor picture, int scale) {
    int height = picture.dim(1);
    int width = picture.dim(2);
    int rows = (height + PATCH - 1) / PATCH;
    int columns = (width + PATCH - 1) / PATCH;
    int above = (rows * PATCH - height) / 2;
    int left = (columns * PATCH - width) / 2;
    for (int row = 0; row < rows; row++) {
      for (int column = 0; column < columns; column++) {
        pixels.add(patch(picture, row * PATCH - above, column * PATCH - left));
        places.add(row * GRID / rows * GRID + column * GRID / columns);
        scales.add(scale);
      }
    }
  }

  /** Zeros outside of the picture. */
  private static float[] patch(FloatTensor picture, int top, int left) {
    int height = picture.dim(1);
    int width = picture.dim(2);
    float[] patch = new float[3 * PATCH * PATCH];
    for (int c = 0; c < 3; c++) {
      for (int y = 0; y < PATCH; y++) {
        for (int x = 0; x < PATCH; x++) {
          int row = top + y;
          int column = left + x;
          if (row >= 0 && row < height && column >= 0 && column < width) {
            patch[(c * PATCH + y) * PATCH + x] =
                picture.data()[(c * height + row) * width + column];
          }
        }
      }
    }
    return patch;
  }

  /** How many patches. */
  public int count() {
    return pixels.size();
  }

  /** {@code [L,3,32,32]} in -1..1. */
  public FloatTensor pixels() {
    FloatTensor all = FloatTensor.zeros(count(), 3, PATCH, PATCH);
    for (int i = 0; i < count(); i++) {
      System.arraycopy(pixels.get(i), 0, all.data(), i * 3 * PATCH * PATCH, 3 * PATCH * PATCH);
    }
    return all;
  }

  /** Cell of the grid of positions of each patch, row by row. */
  public int[] places() {
    return places.stream().mapToInt(Integer::intValue).toArray();
  }

  /** 0, 1 for the smaller sizes, 2 for the picture itself. */
  public int[] scales() {
    return scales.stream().mapToInt(Integer::intValue).toArray();
  }
}
