package io.stablesr.restore.faces;

import io.stablesr.core.FloatTensor;
import io.stablesr.network.CodeFormer;

/**
 * The square of a picture around a face, turned and enlarged so that its landmarks lie where {@link
 * Landmarks#TEMPLATE} has them.
 *
 * @param picture {@code [3,512,512]}
 * @param toSquare from the picture that it is of to this square
 */
public record AlignedFace(FloatTensor picture, Similarity toSquare) {
  /** Side of the square. */
  public static final int PIXELS = CodeFormer.PIXELS;

  /** Pixels of the square's margin of which nothing is pasted back. */
  private static final int EROSION_PIXELS = 48;

  /** Deviation of the Gaussian that softens the mask; it ends at 4 deviations. */
  private static final int BLUR_PIXELS = 12;

  /** Cuts a face out of a picture {@code [3,H,W]}. */
  public static AlignedFace of(FloatTensor photo, Landmarks landmarks) {
    Similarity toSquare = Similarity.fit(landmarks.points(), Landmarks.TEMPLATE.points());
    return new AlignedFace(
        new Sampler(photo, toSquare.inverse()).picture(PIXELS, PIXELS), toSquare);
  }

  /**
   * Lays a restored square over the face where it was cut out, softly: the square is eroded by
   * {@value #EROSION_PIXELS} pixels and blurred. Writes into {@code photo}.
   */
  public void pasteInto(FloatTensor photo, FloatTensor restored) {
    int height = photo.dim(1);
    int width = photo.dim(2);
    Sampler sampler = new Sampler(restored, toSquare);
    float[] ramp = ramp();
    float[] values = new float[restored.dim(0)];
    int[] area = area(height, width);
    for (int y = area[0]; y < area[2]; y++) {
      for (int x = area[1]; x < area[3]; x++) {
        Point at = toSquare.apply(x + 0.5, y + 0.5);
        float share = share(ramp, at.x()) * share(ramp, at.y());
        if (share > 0) {
          sampler.read(x, y, values);
          for (int c = 0; c < values.length; c++) {
            int i = (c * height + y) * width + x;
            photo.data()[i] += share * (values[c] - photo.data()[i]);
          }
        }
      }
    }
  }

  /** Top, left, bottom and right of the part of the photo that the square may touch. */
  private int[] area(int height, int width) {
    Similarity toPhoto = toSquare.inverse();
    Point[] corners = {
      toPhoto.apply(0, 0),
      toPhoto.apply(PIXELS, 0),
      toPhoto.apply(0, PIXELS),
      toPhoto.apply(PIXELS, PIXELS)
    };
    double top = height;
    double left = width;
    double bottom = 0;
    double right = 0;
    for (Point corner : corners) {
      top = Math.min(top, corner.y());
      left = Math.min(left, corner.x());
      bottom = Math.max(bottom, corner.y());
      right = Math.max(right, corner.x());
    }
    return new int[] {
      (int) Math.max(0, Math.floor(top)),
      (int) Math.max(0, Math.floor(left)),
      (int) Math.min(height, Math.ceil(bottom)),
      (int) Math.min(width, Math.ceil(right))
    };
  }

  private static float share(float[] ramp, double at) {
    double centre = Math.min(Math.max(at - 0.5, 0), PIXELS - 1);
    if (at < 0 || at > PIXELS) {
      return 0;
    }
    int before = (int) centre;
    int after = Math.min(before + 1, PIXELS - 1);
    return (float) (ramp[before] + (centre - before) * (ramp[after] - ramp[before]));
  }

  /** A row of the mask; the mask is the product of a row and a column. */
  private static float[] ramp() {
    int reach = 4 * BLUR_PIXELS;
    double[] kernel = new double[2 * reach + 1];
    double sum = 0;
    for (int i = 0; i < kernel.length; i++) {
      double distance = (double) (i - reach) / BLUR_PIXELS;
      kernel[i] = Math.exp(-distance * distance / 2);
      sum += kernel[i];
    }
    float[] ramp = new float[PIXELS];
    for (int i = 0; i < PIXELS; i++) {
      double covered = 0;
      for (int k = 0; k < kernel.length; k++) {
        int at = i + k - reach;
        if (at >= EROSION_PIXELS && at < PIXELS - EROSION_PIXELS) {
          covered += kernel[k];
        }
      }
      ramp[i] = (float) (covered / sum);
    }
    return ramp;
  }
}
