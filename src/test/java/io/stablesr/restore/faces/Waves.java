package io.stablesr.restore.faces;

import io.stablesr.core.FloatTensor;
import java.util.Random;

/** Smooth pictures, which survive resampling. */
public final class Waves {
  private Waves() {}

  /** Sums of three waves of 90 pixels and more per channel, in 0..1. */
  public static FloatTensor picture(Random random, int height, int width) {
    FloatTensor picture = FloatTensor.zeros(3, height, width);
    for (int c = 0; c < 3; c++) {
      for (int wave = 0; wave < 3; wave++) {
        double angle = 2 * Math.PI * random.nextDouble();
        double frequency = 2 * Math.PI / (90 + 200 * random.nextDouble());
        double phase = 2 * Math.PI * random.nextDouble();
        for (int i = 0; i < height * width; i++) {
          int y = i / width;
          double along = i % width * Math.cos(angle) + y * Math.sin(angle);
          picture.data()[c * height * width + i] +=
              (float) ((1 + Math.sin(frequency * along + phase)) / 6);
        }
      }
    }
    return picture;
  }
}
