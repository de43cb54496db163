package io.stablesr.metric;

import io.stablesr.core.FloatTensor;
import java.util.Arrays;

/** How the weights of a trunk want a picture. */
public enum TrunkInput {
  /** Red, green, blue; {@code (2 x - 1 - shift) / scale} with the shifts and scales of LPIPS. */
  LPIPS,
  /** Blue, green, red; {@code 255 x - mean} with the means of Caffe's models. */
  CAFFE;

  private static final double[] SHIFT = {-0.030, -0.088, -0.188};
  private static final double[] SCALE = {0.458, 0.448, 0.450};
  private static final double[] CAFFE_MEANS = {103.939, 116.779, 123.68};

  /** What is subtracted from a picture in -1..1, per channel in the order the trunk wants. */
  public double[] shifts() {
    return switch (this) {
      case LPIPS -> SHIFT.clone();
      case CAFFE -> Arrays.stream(CAFFE_MEANS).map(mean -> mean / 127.5 - 1).toArray();
    };
  }

  /** What the difference is divided by. */
  public double[] scales() {
    return switch (this) {
      case LPIPS -> SCALE.clone();
      case CAFFE -> new double[] {1 / 127.5, 1 / 127.5, 1 / 127.5};
    };
  }

  /** The picture {@code [3,H,W]} in 0..1 as {@code [1,3,H,W]}. */
  public FloatTensor of(FloatTensor picture) {
    int plane = picture.dim(1) * picture.dim(2);
    FloatTensor input = FloatTensor.zeros(1, 3, picture.dim(1), picture.dim(2));
    for (int c = 0; c < 3; c++) {
      for (int i = 0; i < plane; i++) {
        input.data()[c * plane + i] =
            switch (this) {
              case LPIPS ->
                  (float) ((2.0 * picture.data()[c * plane + i] - 1 - SHIFT[c]) / SCALE[c]);
              case CAFFE -> (float) (255.0 * picture.data()[(2 - c) * plane + i] - CAFFE_MEANS[c]);
            };
      }
    }
    return input;
  }
}
